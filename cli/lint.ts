import { dependencesAmong } from '../generators/dependences/dependence'
import { referencesIn } from '../generators/dependences/references'
import { visible } from '../reports/text'
import { lint, type Untestable } from '../specs/lint'
import { loadDocument } from '../specs/load'
import { givenBy } from './access'
import { type Choice, chosenOperations } from './choose'
import type { AuthConfig } from './config/config'
import { documentOf } from './documentOf'
import { paramsOf } from './options'

interface LintOptions {
  readonly spec?: string
  readonly remoteRefs?: boolean
  readonly overlay: readonly string[]
  readonly param: readonly string[]
  readonly operation: readonly string[]
  readonly tag: readonly string[]
  readonly method: readonly string[]
  readonly auth?: AuthConfig
}

/**
 * Tells what of a document cannot be tested, and why, and sends nothing. Exit code 0 if everything can, else 1.
 * @throws UsageError for a document that cannot be used
 */
export async function lintCommand(options: LintOptions): Promise<void> {
  const params = paramsOf(options.param)
  const given = givenBy({ params, ...(options.auth ? { auth: options.auth } : {}) })
  const document = await loadDocument({ ...documentOf(options), given })
  const choice: Choice = { operations: options.operation, tags: options.tag, methods: options.method }
  const { chosen, isNamed } = chosenOperations(document, choice)
  const names = new Set(chosen.map(({ method, path }) => `${method} ${path}`))
  // What a run learns from answers need not be pinned.
  const all = dependencesAmong(document, new Set(document.operations.map(({ assumed }) => assumed.id)))
  const isLearnt = ({ operation, what }: Untestable) =>
    all.some(
      ({ consumer, values }) =>
        `${consumer.method} ${consumer.path}` === operation && Object.keys(values).some((name) => what === `path parameter ${name}`),
    )
  const references = referencesIn(document)
    .filter(({ dependence }) => dependence === undefined)
    .map(
      ({ operation, place, collection }): Untestable => ({
        at: `${document.file}:${document.lineOf(operation, place)}`,
        operation: `${operation.method} ${operation.path}`,
        what: place,
        why: `by its name it takes an id of ${collection}, and made-up ones may be refused: name those that are there in an enum, by an overlay`,
      }),
    )
  const found = [...lint(document, params, given), ...references]
    .filter(({ operation, what }) => operation === undefined || !isNamed || (names.has(operation) && what !== 'the operation'))
    .filter((one) => !isLearnt(one))
  for (const one of found) process.stdout.write(`${visible(line(one))}\n`)
  const of = `${chosen.length} of ${document.operations.length} operations are sent by a run`
  // What is left out by choice, or for its method, is told, and no fault of the document.
  const faults = found.filter(({ what }) => what !== 'the operation').length
  process.stdout.write(
    `${faults === 0 ? 'Everything can be tested' : `${faults} cannot be tested as ${faults === 1 ? 'it stands' : 'they stand'}`}; ${of}.\n`,
  )
  process.exitCode = faults > 0 ? 1 : 0
}

const line = ({ at, operation, what, why }: Untestable): string =>
  `${at}: ${operation === undefined ? '' : `${operation}: `}${what}: ${why}`
