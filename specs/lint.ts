import { isObject, ownMember, valueAt } from '../core/json'
import type { ApiDocument, Operation } from '../core/operation'
import { isWritable } from './bodies'
import { isJson } from './mediaType'
import { type Given, isMet, readSecurity } from './openapi/security'
import { originOf, variablesIn } from './openapi/server'
import { isUnsafe } from './unsafe'

/** Something of a document that a run cannot test, or not without help. */
export interface Untestable {
  /** `file:line`. */
  readonly at: string
  /** `METHOD /path`; none: of the whole document. */
  readonly operation?: string
  readonly what: string
  readonly why: string
}

const isWritten = (mediaType: string): boolean => isJson(mediaType) || (isWritable(mediaType) && !/^(image|audio|video)\//i.test(mediaType))

/**
 * What of a document a run cannot test, and why, in the order of the document.
 * @param params values that the caller has pinned: what they name is there
 * @param given the credentials that the caller has
 */
export function lint(document: ApiDocument, params: Readonly<Record<string, string>> = {}, given?: Given): readonly Untestable[] {
  const { documented } = document
  const found: Untestable[] = document.warnings.map((warning) => {
    const [, at = document.file, why = warning] = /^(.+?:\d+(?::\d+)?): (.*)$/s.exec(warning) ?? []
    return { at, what: 'a statement that is not understood', why }
  })
  if (isObject(documented.webhooks) && Object.keys(documented.webhooks).length > 0)
    found.push({ at: document.file, what: 'webhooks', why: 'the API sends them, and a run only calls the API' })
  for (const server of [document.server, ...document.operations.map(({ documented }) => documented.server)])
    for (const name of server ? variablesIn(server) : [])
      if (ownMember(server?.variables, name) === undefined && ownMember(params, name) === undefined)
        found.push({
          at: document.file,
          what: `the server ${server?.url}`,
          why: `nothing says what ${name} is: give it with --param ${name}=VALUE`,
        })
  for (const { documented: operation } of document.operations) found.push(...ofOperation(document, operation, params, given))
  return found
}

function ofOperation(
  document: ApiDocument,
  operation: Operation,
  params: Readonly<Record<string, string>>,
  given: Given | undefined,
): readonly Untestable[] {
  const { method, path, parameters, body, responses } = operation
  const name = `${method} ${path}`
  const found: Untestable[] = []
  const tell = (place: string, what: string, why: string) =>
    found.push({ at: `${document.file}:${document.lineOf(operation, place)}`, operation: name, what, why })
  const own = valueAt(document.documented, ['paths', path, method.toLowerCase()])
  if (isUnsafe(method))
    tell('', 'the operation', `${method} changes or removes what is there: it is sent only if chosen by --operation, --tag or --method`)
  const origin = originOf(operation.server, params)
  if (operation.server && origin !== undefined && origin !== originOf(document.server, params))
    tell(
      '',
      'its server',
      `it is served at ${operation.server.url}, but a run has one target: what is sent there goes to that, behind this base path`,
    )
  const security = readSecurity(document.documented, isObject(own) ? own : {}, given)
  for (const { scheme, reason } of security.missing) tell('', `the credential ${scheme}`, reason)
  const names = security.parameters.map(({ credential }) => credential.scheme)
  if (names.length > 1 && !(given && isMet(security.parameters, given)))
    tell(
      '',
      `the credentials ${names.join(' and ')}`,
      'they are asked for together: give each by its name in the config file, under auth.schemes',
    )
  for (const parameter of parameters) {
    if (parameter.in === 'path' && ownMember(params, parameter.name) === undefined && !isTold(parameter.schema))
      tell(
        `path.${parameter.name}`,
        `path parameter ${parameter.name}`,
        `nothing says which values exist: made-up ones are likely to be not found; pin one with --param ${parameter.name}=VALUE`,
      )
  }
  const types = body?.content.map(({ mediaType }) => mediaType) ?? []
  if (types.length > 0 && !types.some(isWritten))
    tell('body', 'the body', `${types.join(', ')} cannot be written; JSON, forms and text can`)
  const unsent = types.some(isJson) ? types.filter((type) => !isJson(type) && !type.includes('*')) : []
  if (unsent.length > 0) tell('body', 'the body', `it is sent as JSON, and not as ${unsent.join(', ')}`)
  if (!responses.some(({ status }) => /^[2]|default/.test(status)))
    tell('', 'success', 'no answer of success is stated: any success is taken to be documented')
  if ((body || parameters.some(({ required }) => required)) && !responses.some(({ status }) => /^4|default/.test(status)))
    tell('', 'the status of refusals', 'no client error (4XX) is stated: any is taken to be documented')
  for (const { status, content } of responses) {
    const [first] = content
    if (/^2/.test(status) && status !== '204' && status !== '205' && content.every(({ schema }) => schema === true))
      found.push({
        at: `${document.file}:${document.lineOf(operation, 'answer', [status])}`,
        operation: name,
        what: `the answer ${status}`,
        why: first
          ? `${first.mediaType} has no schema: only status and headers are judged`
          : 'no body is stated: only status and headers are judged',
      })
  }
  for (const member of ['callbacks'])
    if (isObject(valueAt(own, [member]))) tell('', member, 'the API sends them, and a run only calls the API')
  return found
}

/** The document itself names a value. */
const isTold = (schema: unknown): boolean =>
  isObject(schema) && ['enum', 'const', 'default', 'examples'].some((keyword) => schema[keyword] !== undefined)
