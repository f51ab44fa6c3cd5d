import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from '../core/case'
import type { Judgement } from '../core/check'
import type { Answer, Exchange, Fault } from '../core/exchange'
import type { Json } from '../core/json'
import type { Owes } from '../core/rule'
import { packageRoot } from '../specs/files'
import { bundled, createDocument } from '../specs/load'
import { parseText } from '../specs/parse'
import { createJudge, type JudgeOptions, type RunJudge } from './judge'

/** Exchanges for the tests of checks, built around a plain create call of the bundled document. */

const read = (file: string) => parseText(readFileSync(join(packageRoot(), file), 'utf8'), file)
export const document = createDocument(read(bundled.spec), [read(bundled.overlay)])

export const now = Date.UTC(2026, 4, 5, 10, 20, 30, 400)
export const token = 'tok-3f9a7c21e5/b+d8=40'
export const target = '/v2/meshes/0f3c2b1a-1111-4222-8333-444455556666/workshops'

export const owes = {
  accept: { success: 'required', clientError: 'forbidden' },
  reject: { success: 'forbidden', clientError: 'documented' },
  either: { success: 'allowed', clientError: 'documented' },
  refuse: { success: 'forbidden', clientError: 'any' },
  eitherAny: { success: 'allowed', clientError: 'any' },
  harmless: { success: 'harmless', clientError: 'any' },
} as const satisfies Record<string, Owes>

export const plainBody = {
  description: 'A first task & more',
  metadata: { name: 'pb-x7k2-first-task' },
  spec: {
    primaryCluster: '7a1d5e90-aaaa-4bbb-8ccc-dddddddddddd',
    ingress: {
      elbId: '2b4c6d8e-1234-4321-8765-abcdefabcdef',
      elbIp: '192.168.10.7',
      port: 8123,
      imageAddress: 'registry.example.com/team/app:1.2',
    },
  },
}

export const uid = 'c56a4180-65aa-42ec-a945-5fd21dec0538'

/** The documented success for a body, with parts replaced: `{ 'metadata.uid': undefined }` takes the member out. */
export function successBody(sent: Json = plainBody, replaced: Readonly<Record<string, Json | undefined>> = {}): Json {
  const body = structuredClone(sent) as Members
  const time = new Date(now).toISOString()
  body.metadata = { ...(body.metadata as Members), uid, creationTimestamp: time }
  body.status = { updateTime: time }
  for (const [path, value] of Object.entries(replaced)) {
    const keys = path.split('.')
    const last = keys.pop()!
    const parent = keys.reduce((part, key) => part[key] as Members, body)
    if (value === undefined) delete parent[last]
    else parent[last] = value
  }
  return body as Json
}

type Members = Record<string, unknown>
type Pairs = readonly (readonly [string, string])[]

export interface AnswerParts {
  readonly status?: number
  readonly headers?: Pairs
  readonly body?: Json | Buffer
  /** The body as this text. */
  readonly text?: string
  readonly cut?: boolean
  readonly endless?: true
}

export const jsonHeaders: Pairs = [['Content-Type', 'application/json']]

function answer({ status = 200, headers = jsonHeaders, body, text, cut = false, endless }: AnswerParts): Answer {
  const bytes =
    text !== undefined ? Buffer.from(text) : Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body))
  return { status, statusText: '', headers, body: bytes, cut, ...(endless ? { endless } : {}) }
}

interface Parts {
  readonly owes?: Owes
  readonly case?: Partial<Case>
  readonly method?: string
  readonly target?: string
  readonly headers?: Pairs
  /** The request's body; `text` and `bytes` win over it. */
  readonly sent?: Json
  readonly sentText?: string
  readonly sentBytes?: Buffer
  readonly answer?: AnswerParts
  readonly fault?: Fault
  readonly at?: number
  readonly seconds?: number
  readonly notReached?: string
  readonly fresh?: boolean
}

let ordinal = 0

/** An exchange: by default the plain valid request and its documented success. */
export function exchange(parts: Parts = {}): Exchange {
  const sent = parts.sent ?? plainBody
  const bytes = parts.sentBytes ?? Buffer.from(parts.sentText ?? JSON.stringify(sent))
  const of: Case = {
    operation: 'createWorkshop',
    rule: 'request:valid',
    index: 0,
    attempt: 0,
    zone: 'accept',
    owes: parts.owes ?? owes.accept,
    request: {
      method: parts.method ?? 'POST',
      target: parts.target ?? target,
      headers: parts.headers ?? [
        ['Content-Type', 'application/json'],
        ['X-Auth-Token', token],
      ],
      body: bytes,
    },
    changes: [],
    fresh: parts.fresh ?? false,
    ...parts.case,
  }
  return {
    case: of,
    sentAt: parts.at ?? now,
    seconds: parts.seconds ?? 0.01,
    freshConnection: parts.fresh ?? false,
    ordinal: ++ordinal,
    ...(parts.fault ? { fault: parts.fault } : { answer: answer(parts.answer ?? { body: successBody(sent) }) }),
    ...(parts.notReached !== undefined ? { notReached: parts.notReached } : {}),
  }
}

export const judgeWith = (options: Partial<JudgeOptions> = {}): RunJudge =>
  createJudge({ document, secrets: [token], now: () => now, ...options })

/** The judgement of one exchange by a judge that knows nothing else. */
export function judged(parts: Parts = {}, options: Partial<JudgeOptions> = {}): Judgement {
  const judge = judgeWith(options)
  const one = exchange(parts)
  judge.remember(one)
  return judge.judge(one)
}

/** What a judgement accuses of, as `check kind place`. */
export const accused = (judgement: Pick<Judgement, 'failures'>): readonly string[] =>
  judgement.failures.map(({ check, kind, place }) => `${check} ${kind} ${place}`)

/** The accusations of one exchange. */
export const verdict = (parts: Parts = {}, options: Partial<JudgeOptions> = {}): readonly string[] => accused(judged(parts, options))
