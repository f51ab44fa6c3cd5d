import { UsageError } from '../core/errors'
import type { Hooks } from './stages'
import { combine, defineVariant, type Variant } from './variant'
import { findVariant, namesPromise, variants } from './zoo'

const of = (kind: Variant['kind']) => variants.filter((variant) => variant.kind === kind)

describe('the zoo', () => {
  test('is large enough, in every family', () => {
    expect(of('broken').length).toBeGreaterThanOrEqual(150)
    expect(of('lawful').length).toBeGreaterThanOrEqual(30)
    expect(new Set(variants.map(({ family }) => family))).toEqual(
      new Set(['input', 'status', 'shape', 'robustness', 'values', 'truth', 'made', 'auth', 'wire', 'lawful']),
    )
  })

  test('gives each variant a name and a promise of its own', () => {
    const names = variants.map(({ name }) => name)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    expect(variants.filter(({ promise }) => !/^\S.{15,}[^.\s]$/.test(promise)).map(({ name }) => name)).toEqual([])
  })

  test('says of each broken variant what finds it, and of no lawful one', () => {
    expect(
      of('broken')
        .filter(({ finds }) => !finds)
        .map(({ name }) => name),
    ).toEqual([])
    expect(
      of('lawful')
        .filter(({ finds }) => finds)
        .map(({ name }) => name),
    ).toEqual([])
  })

  test('makes hooks anew for each server', () => {
    for (const variant of variants) expect(variant.hooks()).not.toBe(variant.hooks())
  })
})

describe('findVariant', () => {
  test('finds by name', () => {
    expect(findVariant('lenient').kind).toBe('lawful')
  })

  test.each([
    ['null-prot-accepted', 'null-port-accepted'],
    ['strickt', 'strict'],
    ['uid-konstant', 'uid-constant'],
    ['port-null', 'null-port-accepted'],
  ])('suggests names near %s', (typed, near) => {
    expect(() => findVariant(typed)).toThrow(UsageError)
    expect(() => findVariant(typed)).toThrow(near)
  })

  test('bounds what it quotes', () => {
    const find = () => findVariant('-a'.repeat(100_000))
    expect(find).toThrow(UsageError)
    expect(find).toThrow(/^.{0,600}$/)
  })
})

describe('namesPromise', () => {
  const variant = { ...findVariant('lenient'), finds: { place: ['body.spec.*port', 'answer.status'], check: 'status' } }
  const finding = { check: 'status', place: 'body.spec.ingress.port', answerPlace: 'answer.body' }

  test.each([
    ['the place of the request', finding, true],
    ['the place of the answer', { ...finding, place: 'body', answerPlace: 'answer.status' }, true],
    ['another place', { ...finding, place: 'body.spec.ingress.port.x' }, false],
    ['another check', { ...finding, check: 'shape' }, false],
    ['a dot that is none', { ...finding, place: 'body-spec.port' }, false],
  ])('looks at %s', (_, found, named) => {
    expect(namesPromise(variant, found)).toBe(named)
  })

  test('takes every finding where a variant does not say', () => {
    expect(namesPromise({ ...variant, finds: undefined }, finding)).toBe(true)
  })
})

describe('variants', () => {
  const base = { kind: 'lawful', family: 'lawful', promise: 'a freedom' } as const

  test.each(['', 'Upper', 'a b', 'a--b', '-a', 'ä'])('refuse the name %p', (name) => {
    expect(() => defineVariant({ ...base, name, hooks: () => [] })).toThrow('variant name')
  })

  test('are combined in order, each with memory of its own', () => {
    const hooks: Hooks = {}
    let made = 0
    const part = (name: string) => defineVariant({ ...base, name, hooks: () => [{ ...hooks, [name]: ++made }] })
    const both = combine('both', 'two freedoms', [part('first'), part('second')])
    expect(both.hooks()).toEqual([{ first: 1 }, { second: 2 }])
    expect(both.hooks()).toEqual([{ first: 3 }, { second: 4 }])
  })
})
