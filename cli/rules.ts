import { settingDefinitions } from '../contracts/settings'
import type { Step } from '../core/dependence'
import { UsageError } from '../core/errors'
import type { ApiDocument } from '../core/operation'
import type { RuleInfo } from '../core/rule'
import { dependencesAmong, dependenceWords } from '../generators/dependences/dependence'
import { resourcesOf } from '../generators/dependences/resources'
import type { Sequence } from '../generators/rule'
import { type RuleSet, ruleSets } from '../generators/rules'
import { visible } from '../reports/text'
import { loadDocument } from '../specs/load'
import { documentOf } from './documentOf'
import { printRows, printText } from './lines'

interface Options {
  readonly spec?: string
  readonly remoteRefs?: boolean
  readonly overlay: readonly string[]
}

/** Seed of the listings: ids do not depend on it. */
const anySeed = 0

/** The rules of one operation; those of a large document do not fit in memory together. */
function rulesOf(document: ApiDocument, { documented, assumed }: ApiDocument['operations'][number]): RuleSet | undefined {
  const resource = resourcesOf(document).find(({ create }) => create === assumed)
  const others = [resource?.find?.consumer, resource?.list, resource?.remove?.consumer].flatMap((one) => one?.id ?? [])
  const wanted = new Set([assumed.id, ...others])
  return ruleSets(document, {
    seed: anySeed,
    chosen: ({ id }) => wanted.has(id),
    keep: (id) => document.operations.length === 1 || id.startsWith(`${documented.id} `),
  }).find(({ subject }) => subject.id === documented.id)
}

/** Lists the rules: zone, id, fixed cases, promise; then which operations take ids from the answers of others. */
export async function rulesCommand(options: Options): Promise<void> {
  const document = await loadDocument(documentOf(options))
  for (const pair of document.operations)
    printRows((rulesOf(document, pair)?.rules ?? []).map(({ zone, id, fixed, promise }) => [zone, id, String(fixed.length), promise]))
  const depends = dependencesAmong(document, new Set(document.operations.map(({ documented }) => documented.id)))
  printRows(depends.map((dependence) => ['depends', dependence.consumer.id, '', dependenceWords(dependence)]))
}

/** Tells one rule: its promise, where the docs state it, what is sent, what is owed. */
export async function explainCommand(id: string, options: Options): Promise<void> {
  const document = await loadDocument(documentOf(options))
  const several = document.operations.length > 1
  const pairs = document.operations.filter(({ documented }) => !several || id.startsWith(`${documented.id} `))
  const sets = pairs.flatMap((pair) => rulesOf(document, pair) ?? [])
  for (const set of sets) {
    const rule = set.rules.find((other) => other.id === id)
    if (!rule) continue
    const { place, docs, fixed, zone, promise } = rule
    const { sequence } = rule
    const samples = sequence ? [] : fixed.slice(0, 6).map((_, i) => set.build(rule, i).request)
    const about = document.assumptions.filter((assumption) => assumption.place === place)
    const lines = [
      id,
      '',
      `  ${promise}.`,
      ...(docs
        ? ['', `  Docs   ${docs.page}:${docs.line} (${docs.section})`, ...(docs.text === undefined ? [] : [`         ${docs.text}`])]
        : []),
      '',
      `  Zone   ${zone}: ${zones[zone]}`,
      `  Owed   ${owed(rule)}`,
      ...about.flatMap(({ question, assumption, reason }) => [
        '',
        `  The docs do not say: ${question}`,
        `  Assumed: ${assumption}`,
        `  Because: ${reason}`,
      ]),
      '',
      `  Every run sends ${fixed.length} fixed case${fixed.length === 1 ? '' : 's'}${rule.drawn ? ', then others drawn by the seed' : ''}, for example:`,
      ...(sequence ? sequenceWords(sequence) : []),
      ...samples.map(
        ({ method, target, body }) => `    ${method} ${target.slice(0, 60)} ${visible(body?.toString('utf8') ?? '').slice(0, 200)}`,
      ),
    ]
    printText([...lines, ...contested])
    return
  }
  const near = sets.flatMap(({ rules }) => rules.map((rule) => rule.id)).filter((other) => other.includes(id.split(':')[0] ?? id))
  throw new UsageError(
    `there is no rule ${id}; ${near.length > 0 ? `near it: ${near.slice(0, 5).join(', ')}` : '"plumbline rules" lists them'}`,
  )
}

/** The requests of a sequence, and how the later ones know what they are about. */
function sequenceWords({ resource: { create, find, list, replace, patch, remove }, cases }: Sequence): readonly string[] {
  const requests = {
    create,
    refuse: create,
    find: find?.consumer,
    miss: find?.consumer,
    list,
    replace: replace?.consumer,
    patch: patch?.consumer,
    remove: remove?.consumer,
  }
  const words = (step: Step) => {
    const operation = requests[step.does]
    return `${operation?.method} ${operation?.path}${step.does === 'refuse' ? ' (broken)' : step.does === 'miss' ? ' (an id that nobody made)' : ''}`
  }
  return [
    ...[...new Set(cases.map((steps) => steps.map(words).join(', then ')))].slice(0, 4).map((text) => `    ${text}`),
    ...[find, replace, patch, remove].flatMap((dependence) => (dependence ? [`    ${dependenceWords(dependence)}`] : [])),
  ]
}

/** What good engineers decide differently, with the default and its reason. */
const contested: readonly string[] = [
  '',
  '  Contested questions are settings (--setting NAME=VALUE):',
  ...Object.entries(settingDefinitions).map(([name, { default: value, values, reason }]) => `    ${name}=${value} (${values}): ${reason}`),
]

const zones = {
  accept: 'valid under the documented and the assumed schema',
  reject: 'breaks one documented rule and nothing else',
  either: 'left open by the docs',
} as const

/** What is owed, in words. */
function owed({ owes }: Pick<RuleInfo, 'owes'>): string {
  const success = {
    required: 'the documented success, of the documented shape, true to what was sent',
    allowed: 'the documented success, true to what was sent; or ',
    forbidden: '',
    harmless: 'any answer that creates nothing; or ',
  }[owes.success]
  const refusal = {
    documented: 'the documented client error in its documented shape',
    any: 'any client error (4xx), of any shape',
    forbidden: '',
  }[owes.clientError]
  const also = owes.also?.length ? `; ${owes.also.join(', ')} too` : ''
  return `${success}${refusal}${also}`
}
