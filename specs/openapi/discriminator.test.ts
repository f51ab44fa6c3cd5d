import type { Schema } from '../../core/operation'
import { createDocument } from '../load'
import { parseText } from '../parse'
import { createValidator } from '../validator'

/** Which of some pets a document allows where it states a base with a discriminator, and which it takes for sure to be known. */
function load(pet: object, others: object, schema: object = { $ref: '#/components/schemas/Pet' }) {
  const content = { 'application/json': { schema } }
  const Pet = { type: 'object', required: ['type'], properties: { type: { type: 'string' } }, ...pet }
  const paths = { '/pets': { post: { operationId: 'a', requestBody: { content }, responses: { 200: { description: 'd', content } } } } }
  const text = JSON.stringify({ openapi: '3.0.3', info: { title: 'T', version: '1' }, paths, components: { schemas: { Pet, ...others } } })
  const { documented, assumed, operations } = createDocument(parseText(text, 'api.yaml'))
  const [one] = operations
  const valid = (document: unknown, of: Schema | undefined, value: object) =>
    createValidator(document as Record<string, unknown>).valid(of ?? false, value)
  return {
    allowed: (value: object) => valid(documented, one?.documented.body?.content[0]?.schema, value),
    known: (value: object) => valid(assumed, one?.assumed.body?.content[0]?.schema, value),
    answered: (value: object) => valid(assumed, one?.assumed.responses[0]?.content[0]?.schema, value),
  }
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const on = (base: string, name: string) => ({
  allOf: [ref(base), { required: [name], properties: { [name]: { type: 'integer', maximum: 9 } } }],
})
const Cat = on('Pet', 'lives')
const Dog = on('Pet', 'bark')
const plain = { discriminator: { propertyName: 'type' } }
const mapped = { discriminator: { propertyName: 'type', mapping: { cat: 'Cat', dog: '#/components/schemas/Dog' } } }
const listed = { ...mapped, properties: { type: { type: 'string', enum: ['cat', 'dog'] } } }
const wrapped = { allOf: [ref('Pet')] }

test.each<[string, object, object, object, string]>([
  // The verdicts: known everywhere, open or no.
  ['by its name', plain, { Cat, Dog }, { type: 'Cat', lives: 9 }, 'known'],
  ['what its own schema forbids', plain, { Cat, Dog }, { type: 'Cat', lives: 10 }, 'no'],
  ['without what its own schema asks for', plain, { Cat, Dog }, { type: 'Dog', lives: 1 }, 'no'],
  ['of a name that nothing bears', plain, { Cat, Dog }, { type: 'Emu' }, 'open'],
  ['of the base itself', plain, { Cat, Dog }, { type: 'Pet' }, 'open'],
  ['without the member', plain, { Cat, Dog }, { lives: 1 }, 'no'],
  ['by the mapping', mapped, { Cat, Dog }, { type: 'cat', lives: 9 }, 'known'],
  ['what is mapped, forbidden', mapped, { Cat, Dog }, { type: 'cat' }, 'no'],
  ['by its name beside a mapping', mapped, { Cat, Dog }, { type: 'Cat', lives: 1 }, 'open'],
  ['not mapped', mapped, { Cat, Dog, Emu: on('Pet', 'eggs') }, { type: 'Emu', eggs: 1 }, 'open'],
  ['not among the values listed', listed, { Cat, Dog }, { type: 'emu' }, 'no'],
  ['among the values listed', listed, { Cat, Dog }, { type: 'dog', bark: 1 }, 'known'],
  ['of two storeys', plain, { Cat, Dog, Lion: on('Cat', 'mane') }, { type: 'Lion', lives: 1, mane: 1 }, 'known'],
  ['of the storey between', plain, { Cat, Dog, Lion: on('Cat', 'mane') }, { type: 'Cat', lives: 1 }, 'open'],
  [
    'with a discriminator on each storey',
    plain,
    { Cat: { ...Cat, ...plain }, Dog, Lion: on('Cat', 'mane') },
    { type: 'Lion', lives: 1, mane: 1 },
    'known',
  ],
  [
    'built on it by a part of a part',
    plain,
    { Cat: { allOf: [{ allOf: [ref('Pet')] }, Cat.allOf[1]] }, Dog },
    { type: 'Dog', bark: 1 },
    'known',
  ],
  [
    'mapped and not built on it',
    { discriminator: { propertyName: 'type', mapping: { cat: 'Cat' } } },
    { Cat: Cat.allOf[1] },
    { type: 'cat' },
    'no',
  ],
  ['the base, mapped', { discriminator: { propertyName: 'type', mapping: { pet: 'Pet', cat: 'Cat' } } }, { Cat }, { type: 'pet' }, 'known'],
])('a base with a discriminator means what is built on it: %s', (_, pet, others, value, verdict) => {
  for (const schema of [ref('Pet'), wrapped]) {
    const { allowed, known, answered } = load(pet, others, schema)
    expect(known(value) ? 'known' : allowed(value) ? 'open' : 'no').toBe(verdict)
    expect(answered(value)).toBe(verdict !== 'no')
  }
})

test('a base that holds itself, and one that nothing is built on', () => {
  const family = { properties: { type: { type: 'string' }, young: { type: 'array', items: ref('Pet') } } }
  const { allowed, known } = load({ ...plain, ...family }, { Cat })
  expect(known({ type: 'Cat', lives: 1, young: [{ type: 'Cat', lives: 1 }] })).toBe(true)
  expect(allowed({ type: 'Cat', lives: 1, young: [{ type: 'Cat' }] })).toBe(false)
  expect(load(plain, {}).known({ type: 'any' })).toBe(true)
})
