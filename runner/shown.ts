import type { Change, WireRequest } from '../core/case'
import type { Exchange } from '../core/exchange'
import type { ShownAnswer, ShownRequest } from '../core/finding'
import { createDeepMask, masked } from '../core/mask'
import type { Seen } from './record'

/** Characters of a body that a report shows. */
const shownBody = 4096

type Mask = (text: string) => string

function body(bytes: Buffer, mask: Mask): { body?: string; bodyBase64?: string } {
  const head = bytes.subarray(0, shownBody)
  try {
    // Masked before it is cut, so that no secret is cut in two; a cut in the middle of a character must not make a text look binary.
    const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    const text = utf8.decode(bytes.subarray(0, shownBody * 4), { stream: bytes.length > shownBody * 4 })
    return { body: mask(text).slice(0, shownBody) }
  } catch {
    return { bodyBase64: Buffer.from(mask(head.toString('latin1')), 'latin1').toString('base64') }
  }
}

/** A request as reports show it: bounded, secrets masked. */
export function shownRequest(request: WireRequest, mask: Mask): ShownRequest {
  return {
    method: request.method,
    target: mask(request.target).slice(0, shownBody),
    headers: request.headers.map(([name, value]) => [name, mask(value).slice(0, shownBody)]),
    ...(request.body ? body(request.body, mask) : {}),
    bodyBytes: request.body?.length ?? 0,
  }
}

/** An answer as reports show it, or why there is none. */
export function shownAnswer({ answer, fault, seconds }: Exchange, mask: Mask): ShownAnswer {
  if (!answer) return { fault: mask(fault?.message ?? 'no answer'), seconds }
  return {
    status: answer.status,
    statusText: mask(answer.statusText).slice(0, 200),
    headers: [...answer.headers, ...(answer.trailers ?? [])]
      .slice(0, 60)
      .map(([name, value]) => [mask(name).slice(0, 200), mask(value).slice(0, 1000)]),
    ...body(answer.body, mask),
    bodyBytes: answer.body.length,
    ...(fault ? { fault: mask(fault.message) } : {}),
    seconds,
  }
}

/** Texts in a report's list of changes are cut at this length; the request itself is shown beside. */
const longestText = 2000

const bounded = (changes: readonly Change[]): readonly Change[] =>
  JSON.parse(
    JSON.stringify(changes, (_, value) =>
      typeof value === 'string' && value.length > longestText ? `${value.slice(0, longestText)}…` : value,
    ),
  )

/**
 * Makes what shows exchanges in reports.
 * @param place origin and base path, for curl lines, and the base paths of operations that have their own
 */
export function createShow(
  { target, bases }: { readonly target: string; readonly bases: ReadonlyMap<string, string> },
  mask: Mask,
): Seen['show'] {
  // Changes as data hold what was sent, so a header change may hold the token.
  const deep = createDeepMask(mask)
  const baseOf = (operation: string) => {
    const own = bases.get(operation)
    return own === undefined ? target : new URL(target).origin + own
  }
  function one(exchange: Exchange) {
    const { operation, request, inPackets } = exchange.case
    // curl sends a body as it sees fit.
    const curl = inPackets ? undefined : curlLine(baseOf(operation), request, mask)
    return { request: shownRequest(request, mask), response: shownAnswer(exchange, mask), ...(curl ? { curl } : {}) }
  }
  return (exchange, { fixed, operation, id }, shrunk) => {
    const { index, fresh, changes } = exchange.case
    return {
      ...one(exchange),
      changes: deep(bounded(shrunk ?? changes)),
      ...(exchange.before ? { before: exchange.before.map(one) } : {}),
      case: {
        operation,
        rule: id,
        index,
        fresh,
        ...(shrunk || index >= fixed.length ? { changes: deep(shrunk ?? changes) } : {}),
      },
    }
  }
}

/** Longer command lines are refused by shells; such a case is replayed instead. */
const longestCurl = 60_000

/**
 * A curl line that sends the same bytes, or undefined where no command line could hold them.
 * @param base origin and base path of the target
 */
export function curlLine(base: string, request: WireRequest, mask: Mask): string | undefined {
  const words = ['curl', '-sS', '-i', '-g', '--path-as-is']
  words.push(...(request.method === 'HEAD' ? ['--head'] : ['-X', quote(request.method)]), targetWord(base, request.target, mask))
  const names = new Set(request.headers.map(([name]) => name.toLowerCase()))
  for (const [name, value] of request.headers) words.push('-H', value === '' ? quote(`${name};`) : headerWord(name, value, mask))
  const text = request.body?.toString('utf8') ?? ''
  let before = ''
  if (request.body) {
    if (!names.has('content-type')) words.push('-H', quote('Content-Type:'))
    const plain = Buffer.from(text, 'utf8').equals(request.body) && !text.includes('\0')
    if (plain) words.push('--data-binary', word(mask(text)))
    else if (mask(request.body.toString('latin1')).includes(masked)) return undefined
    else {
      before = `printf %s ${request.body.toString('base64')} | base64 -d | `
      words.push('--data-binary', '@-')
    }
    if (plain && text.startsWith('@')) return undefined
  }
  const line = before + words.join(' ')
  return line.length > longestCurl ? undefined : line
}

/** A text as one word of a shell. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A word of a shell's command line, in quotes where it needs them. */
export const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : quote(text))

const variable = `"${masked}"`

/** A masked value is a variable, which the shell fills in between double quotes only. @param filled what stands for it */
const word = (text: string, filled = variable): string =>
  text === ''
    ? quote(text)
    : text
        .split(masked)
        .map((part) => (part ? quote(part) : ''))
        .join(filled)

/** A token that was escaped in the target is escaped by the shell, each of its bytes. */
function targetWord(base: string, target: string, mask: Mask): string {
  const shown = mask(target)
  const isEscaped = shown.split('%').length < target.split('%').length
  return word(base + shown, isEscaped ? `"$(printf %s ${variable} | od -An -v -tx1 | tr -d ' \\n' | sed 's/../%&/g')"` : variable)
}

/** User and password of Basic are encoded by the shell. */
function headerWord(name: string, value: string, mask: Mask): string {
  const shown = mask(value)
  const encoded = /^basic +([\w+/]+=*)$/i.exec(value)?.[1]
  const user = encoded === undefined ? '' : mask(Buffer.from(encoded, 'base64').toString('utf8'))
  if (shown === masked || !user.includes(masked)) return word(`${name}: ${shown}`)
  return `${quote(`${name}: Basic `)}"$(printf %s ${word(user)} | base64 | tr -d '\\n')"`
}
