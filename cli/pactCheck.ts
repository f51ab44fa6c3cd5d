import { checkPacts } from '../contracts/pact/check'
import type { Told } from '../contracts/pact/lie'
import type { Pact } from '../contracts/pact/pact'
import { type Usage, usageOf } from '../contracts/pact/usage'
import type { ApiDocument } from '../core/operation'
import { counted, visible } from '../reports/text'
import { docsName } from '../reports/words'
import { loadDocument } from '../specs/load'
import { documentOf } from './documentOf'
import { readPacts, skippedLines } from './pactFiles'

interface Options {
  readonly spec?: string
  readonly remoteRefs?: boolean
  readonly overlay: readonly string[]
}

/** Holds pacts against the document and tells what it could never honour: exit code 1 if there is any. */
export async function pactCheckCommand(files: readonly string[], options: Options): Promise<void> {
  const document = await loadDocument(documentOf(options))
  const pacts = await readPacts(files)
  const told = await checkPacts(document, pacts)
  const findings = told.filter(({ level }) => level === 'finding').length
  const lines = [
    ...pacts.flatMap((pact) => [
      ...aboutPact(
        pact,
        document,
        told.filter((one) => one.pact === pact),
      ),
      '',
    ]),
    ...aboutUsage(usageOf(document, pacts)),
    '',
    findings === 0
      ? `✓ The documented API can honour ${pacts.length === 1 ? 'the pact' : `all ${pacts.length} pacts`}`
      : `✕ ${counted(findings, 'expectation')} could never be honoured`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  process.exitCode = findings > 0 ? 1 : 0
}

function aboutPact(pact: Pact, document: ApiDocument, told: readonly Told[]): string[] {
  const { file, consumer, provider, version, interactions } = pact
  return [
    visible(`${file}  ${consumer} → ${provider}, version ${version}, ${counted(interactions.length, 'interaction')}`),
    ...skippedLines(pact).map(visible),
    ...told.flatMap((one) => aboutLie(one, document)),
  ]
}

function aboutLie({ level, interaction, message, pact, at, docs, line }: Told, document: ApiDocument): string[] {
  const places = [
    ...(docs ? [`${docsName(docs)}  ${docs.text ?? docs.section}`] : []),
    ...(line !== undefined ? [`${document.file}:${line}`] : docs ? [] : [`${document.file}  paths`]),
  ]
  return [
    `  ${level === 'finding' ? '✕' : '·'} "${interaction.description}": ${message}`,
    `      pact  ${pact.where(at)}  ${pointer(at)}`,
    ...places.map((place, i) => `      ${i === 0 ? 'docs' : '    '}  ${place}`),
  ].map(visible)
}

/** The way to a place in the pact, as JSONPath. */
const pointer = (at: readonly (string | number)[]): string =>
  `$${at.map((segment) => (/^[A-Za-z_]\w*$/.test(String(segment)) ? `.${segment}` : /^\d+$/.test(String(segment)) ? `[${segment}]` : `['${segment}']`)).join('')}`

function aboutUsage({ relied, unused, uncalled }: Usage): string[] {
  const leaf = relied.filter(({ place }) => !relied.some((other) => other.place.startsWith(`${place}.`)))
  const width = Math.max(0, ...leaf.map(({ place }) => place.length))
  return [
    'What consumers rely on, and what of the suite protects it ("plumbline explain RULE" tells more):',
    ...leaf.map(({ place, consumers, rules, checks }) =>
      visible(`  ${place.padEnd(width)}  ${protection(rules, checks)}  (${consumers.join(', ')})`),
    ),
    '',
    unused.length + uncalled.length === 0 ? 'Every documented part is used by a consumer.' : 'Documented parts that no consumer uses:',
    ...uncalled.map((operation) => visible(`  ${operation}`)),
    ...unused.map(({ place, statuses }) => visible(`  ${place}${statuses ? ` (${statuses.join(', ')})` : ''}`)),
  ]
}

function protection(rules: readonly string[], checks: readonly string[]): string {
  if (checks.length > 0) return `${checks.length === 1 ? 'check' : 'checks'} ${checks.join(', ')}`
  if (rules.length === 0) return 'nothing'
  return rules.length <= 2 ? rules.join(', ') : `${rules[0]} and ${rules.length - 1} more rules`
}
