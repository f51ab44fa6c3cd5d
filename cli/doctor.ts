import { createJudge } from '../contracts/judge'
import { AuthError, UsageError } from '../core/errors'
import { type Exchange, header } from '../core/exchange'
import { ownMember } from '../core/json'
import { createMask } from '../core/mask'
import { type RuleSet, ruleSets } from '../generators/rules'
import { visible } from '../reports/text'
import { createClient } from '../runner/client'
import { loadDocument } from '../specs/load'
import { type Access, credentialsFor, credentialsOf, givenBy, openAccess } from './access'
import type { AuthConfig } from './config/config'
import { documentOf } from './documentOf'
import { type Housekeeping, keepHouse, ledgerName, sayProgress } from './housekeeping'
import { printText } from './lines'
import { paramsOf, type TargetOptions, targetOf } from './options'
import { checkParams } from './prepare'
import { hideSecrets } from './secrets'
import { placeOfTarget } from './targetPlace'
import { transportOf } from './transport'

interface DoctorOptions extends TargetOptions {
  readonly spec?: string
  readonly remoteRefs?: boolean
  readonly overlay: readonly string[]
  readonly param: readonly string[]
  readonly seed?: number
  readonly timeout: number
  readonly out: string
  readonly rate?: number
}

/**
 * Sends one valid request, and says in words what is missing for a run. Exit code 0 if nothing is, else 3.
 * @throws UsageError for what no run could begin with
 */
export async function doctorCommand(options: DoctorOptions): Promise<void> {
  const given = targetOf(options)
  if (given.target === undefined)
    throw new UsageError('there is no target: give --target URL, or target: in the config file ("plumbline init")')
  const params = paramsOf(options.param)
  const credentials = givenBy({ ...given, params })
  const document = await loadDocument({ ...documentOf(options), given: credentials })
  checkParams(document, params)
  const place = placeOfTarget(given.target, document, params)
  const { target } = place
  const say = teller()
  say.good(`document: ${document.title} ${document.version}, ${document.file}`)
  const transport = transportOf(options)
  let access: Access
  try {
    access = await openAccess(document, { ...given, given: credentials, ...transport })
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    say.bad(`credential: ${error.message}`)
    process.exitCode = 3
    return
  }
  const sets = ruleSets(document, {
    seed: options.seed ?? Math.floor(Math.random() * 2 ** 31),
    params,
    most: 1,
    headers: given.headers,
    ...credentialsFor(access),
    ...(options.prefix !== undefined ? { prefix: options.prefix } : {}),
  })
  const set = sets.find(({ rules }) => rules.some(isPlain))
  const rule = set?.rules.find(isPlain)
  if (!set || !rule) throw new UsageError('the document has no operation of which a valid request is known', document.file)
  hideSecrets(access, sets, { ...given, params })
  const mask = createMask(access.hidden)
  if (access.token !== undefined || given.auth) say.good(`credential: ${credentialWords(options.token, given.auth)}`)
  for (const { parameter, real } of access.auth ? [] : set.subject.tokens)
    if (!real) say.hint(`credential: none was given, so a made-up ${parameter.name} is sent; see auth: in the config file, or --token`)
  for (const name of Object.keys(set.subject.model.params))
    if (ownMember(params, name) === undefined)
      say.hint(`path parameter ${name}: none was given, so a made-up one is sent; pin it with --param ${name}=VALUE`)
  const house = options.cleanup
    ? keepHouse({ document, cleanup: options.cleanup, ...place, ...transport, sets, access, concurrency: 1, mask }, ledgerName(options.out))
    : undefined
  const client = createClient({
    ...place,
    ...transport,
    concurrency: 1,
    budget: { take: () => true },
    ...credentialsOf(access, sets),
    ...(house ? { onCreating: house.onCreating } : {}),
  })
  try {
    const made = set.build(rule, 0)
    const exchange = await client.send(made, 0)
    const where = `${made.request.method} ${target}${mask(made.request.target)}`
    const missing = exchange ? whatIsMissing(exchange, set, mask) : 'nothing was sent'
    if (missing !== undefined) say.bad(`${where}: ${missing}`)
    else if (exchange) {
      say.good(`${where}: the valid request was taken (${exchange.answer?.status})`)
      const { failures } = createJudge({ document, secrets: access.secrets }).judge(exchange)
      for (const { message } of failures) say.hint(`a run will find: ${mask(message)}`)
    }
    if (!house) say.hint('clean-up: none is configured, so what a run creates stays; see cleanup: in the config file')
    else await tellCleanup(house, say)
  } finally {
    await client.close()
  }
  process.exitCode = say.failed() ? 3 : 0
}

/** The rule of the plain valid request. */
const isPlain = ({ zone, place }: RuleSet['rules'][number]): boolean => zone === 'accept' && place === 'request'

function teller() {
  let bad = false
  const line = (sign: string, text: string) => printText([`${sign} ${visible(text)}`])
  return {
    good: (text: string) => line('✓', text),
    hint: (text: string) => line('·', text),
    bad: (text: string) => {
      bad = true
      line('✕', text)
    },
    failed: () => bad,
  }
}

function credentialWords(token: string | undefined, auth: AuthConfig | undefined): string {
  if (token !== undefined || auth?.token !== undefined || !auth) return 'the token that was given'
  if (auth.schemes) return `those of ${Object.keys(auth.schemes).join(', ')}`
  if (auth.basic) return `the user ${auth.basic.user} with a password`
  if (auth.oauth2) return `a token for the client ${auth.oauth2.clientId}`
  if (auth.iam) return `a token for ${auth.iam.user} of ${auth.iam.domain}, from ${auth.iam.url}`
  return auth.aksk ? `requests are signed with the access key ${auth.aksk.accessKey.slice(0, 4)}…` : 'what the command printed'
}

async function tellCleanup(house: Housekeeping, say: ReturnType<typeof teller>): Promise<void> {
  const { created, left } = await house.finish(sayProgress)
  const kept = [...house.ledger.entries.values()].every(({ state }) => state !== 'deleted') && created > 0 && left.length > 0
  if (created === 0) say.hint('clean-up: nothing was created')
  else if (!kept) say.good('clean-up: what was created is deleted again')
  for (const { path, what, reason } of left)
    say.bad(`clean-up: ${path ?? what} is still there: ${reason}; its ledger is ${house.ledger.file}`)
}

/** Why a valid request was not taken, and what to do; undefined: it was taken. */
function whatIsMissing({ answer, fault, notReached }: Exchange, { subject }: RuleSet, mask: (text: string) => string): string | undefined {
  if (!answer) {
    if (fault?.kind === 'unreachable')
      return `cannot be reached: ${fault.message}. Is it running, is the URL right, does a proxy or a certificate stand between?`
    if (fault?.kind === 'timeout') return `${fault.message}. Give more with --timeout`
    return `${fault?.message ?? 'no answer'}. Is this an HTTP server?`
  }
  const { status } = answer
  const documented = subject.documented.responses.flatMap(({ content }) => content)
  const said = mask(answer.body.toString('utf8')).slice(0, 300)
  const answered = `was answered ${status} ${said}`
  if (status >= 200 && status < 300) {
    const isPage = /html/i.test(header(answer, 'content-type') ?? '') && !documented.some(({ mediaType }) => /html/i.test(mediaType))
    return isPage ? `was answered ${status} with a web page. Is this the API, and is the base path right?` : undefined
  }
  if (status === 401) return `${answered}. The credential is refused: check auth: or --token`
  if (status === 403) return `${answered}. The credential is known, but lacks the rights for this`
  if (status === 404 || status === 405) {
    const names = Object.keys(subject.model.params)
    const params = names.length > 0 ? `, and whether what ${names.join(', ')} names is there (--param)` : ''
    return `${answered}. Check the base path of the target${params}`
  }
  if (status === 429 || notReached !== undefined) return `${answered}. The target asks for patience; try --rate, or later`
  if (status >= 400 && status < 500)
    return `${answered}. The environment wants other values: pin the members that it names to what exists there, with an overlay (--overlay). Sent was ${mask(JSON.stringify(subject.plain ?? null)).slice(0, 600)}`
  if (status >= 500) return `${answered}. The target fails at a valid request`
  return `${answered}. Redirects are not followed: check the URL of the target`
}
