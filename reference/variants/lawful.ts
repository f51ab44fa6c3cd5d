import { randomBytes } from 'node:crypto'
import { isObject, type Json, valueAt } from '../../core/json'
import { requestMember, requestMembers } from '../members'
import { errorReply, jsonReply } from '../replies'
import type { Call, Problem } from '../stages'
import { type Definition, lawful as define } from '../variant'
import {
  answer,
  anyReply,
  changeAt,
  depthOf,
  hasTwice,
  isAssumed,
  isAt,
  isMalformed,
  overlook,
  parseBody,
  refusal,
  refuseWhen,
  success,
  withBody,
  withType,
} from './tools'

const description = requestMember('description')
const image = requestMember('spec.ingress.imageAddress')

const known = new Set(requestMembers.map(({ path }) => path.join('.')))
const objects = [[], ...requestMembers.filter(({ type }) => type === 'object').map(({ path }) => path)]

const hasUnknownMembers = (value: unknown): boolean =>
  objects.some((path) => {
    const at = valueAt(value, path)
    return isObject(at) && Object.keys(at).some((key) => !known.has([...path, key].join('.')))
  })

const hasOddNumber = (_: unknown, { body }: Call): boolean => /"port"\s*:\s*-?\d+[.eE]/.test(body.toString('latin1'))

const errorNames: Definition = {
  name: 'errors-named',
  promise: 'an error may name its class, without a trace of it',
  hooks: refusal((made) =>
    jsonReply(400, {
      ...(parseBody(made) as object),
      exception: 'com.example.mesh.InvalidParameterException',
      detail: 'JSON parse error; nested exception is com.fasterxml.jackson.core.JsonParseException: Unexpected character',
    }),
  ),
}

const bounds: readonly Definition[] = [
  { name: 'lenient', promise: 'a server may take every value of the documented types', hooks: overlook(isAssumed) },
  {
    name: 'lenient-description',
    promise: 'a server may take any text as a description',
    hooks: overlook((problem) => isAssumed(problem) && isAt(problem, description.place)),
  },
  {
    name: 'any-mesh-accepted',
    promise: 'a server may take a mesh_id of any form',
    hooks: overlook((problem) => problem.place.startsWith('path.')),
  },
  {
    name: 'unknown-members-refused',
    promise: 'a server may refuse members that the documentation does not name',
    hooks: refuseWhen('body', hasUnknownMembers),
  },
  {
    name: 'odd-numbers-refused',
    promise: 'a server may refuse an integer that is written with a point or an exponent',
    hooks: refuseWhen('body.spec.ingress.port', hasOddNumber),
  },
  {
    name: 'strict',
    promise: 'a server may refuse whatever lies outside the assumptions: unknown members, members twice, odd numbers, deep nesting',
    hooks: refuseWhen(
      'body',
      (value, call) =>
        hasUnknownMembers(value) || hasOddNumber(value, call) || hasTwice(call.body.toString()) || depthOf(call.body.toString()) > 5,
    ),
  },
  {
    name: 'members-twice-refused',
    promise: 'a server may refuse an object that holds a name twice',
    hooks: refuseWhen('body', (_, call) => hasTwice(call.body.toString())),
  },
  {
    name: 'byte-order-mark-accepted',
    promise: 'a server may take a body that begins with a byte order mark (RFC 8259, section 8.1)',
    hooks: { decode: (next) => (body, call) => next(body, call).replace(/^\ufeff/, '') },
  },
  {
    name: 'invalid-utf-8-repaired',
    promise: 'a server may read bytes that are no UTF-8 as replacement characters',
    hooks: { decode: () => (body) => body.toString('utf8'), ...overlook(isAssumed) },
  },
  {
    name: 'lone-surrogates-replaced',
    promise: 'a lone surrogate may come back as U+FFFD',
    hooks: {
      ...overlook(isAssumed),
      serialise: (next) => (value, call) => String(next(value, call)).replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd'),
    },
  },
  {
    name: 'bodies-above-8-kib-refused',
    promise: 'a server may refuse a large body with 413',
    hooks: { perform: (next, stages) => (call) => (call.body.length > 8192 ? stages.gateway(413, call) : next(call)) },
  },
  {
    name: 'bodies-above-16-kib-refused-with-400',
    promise: 'a server may refuse a large body with 400',
    hooks: {
      perform: (next, stages) => (call) =>
        call.body.length > 16_384 ? stages.refuse([{ place: 'body', keyword: 'size', message: 'is too large' }], call) : next(call),
    },
  },
]

const errors: readonly Definition[] = [
  {
    name: 'errors-quote-the-body',
    promise: 'an error message may quote what was sent',
    hooks: refusal((_, [problem], call) =>
      errorReply(400, 'ASM.01010001', `${problem!.place} ${problem!.message}: ${call.body.toString('utf8').slice(0, 2000)}`),
    ),
  },
  {
    name: 'errors-quote-the-value',
    promise: 'an error message may quote the value that was refused',
    hooks: refusal((_, [problem], call) =>
      errorReply(400, 'ASM.01010001', `${problem!.place} ${problem!.message}, not ${quoted(call, problem!)}`),
    ),
  },
  {
    name: 'errors-with-more-members',
    promise: 'an error may hold members that the documentation does not name',
    hooks: refusal((error, problems) =>
      jsonReply(400, {
        ...(parseBody(error) as object),
        requestId: randomBytes(8).toString('hex'),
        details: problems.map(({ place, message }) => ({ place, message })),
      }),
    ),
  },
  {
    name: 'errors-without-message',
    promise: 'an error need not hold more than errorCode',
    hooks: refusal(() => jsonReply(400, { errorCode: 'ASM.01010001' })),
  },
  {
    name: 'errors-by-rule',
    promise: 'the error code may differ from rule to rule',
    hooks: refusal((_, [problem]) =>
      errorReply(400, `ASM.0101${String(problem!.place.length % 10)}${problem!.keyword.toUpperCase()}`, problem!.message),
    ),
  },
  {
    name: 'errors-in-chinese',
    promise: 'an error message may be in any language',
    hooks: refusal(() => errorReply(400, 'ASM.01010001', '请求参数错误')),
  },
  {
    name: 'errors-in-both-shapes',
    promise: "an error may hold the gateway's members besides",
    hooks: refusal((error) =>
      jsonReply(400, { ...(parseBody(error) as object), error_code: 'ASM.01010001', error_msg: 'Invalid request' }),
    ),
  },
  {
    name: 'errors-with-status-inside',
    promise: 'an error may hold its status',
    hooks: refusal((error) => jsonReply(400, { code: 400, status: 'error', ...(parseBody(error) as object), data: null })),
  },
  {
    name: 'malformed-quoted',
    promise: 'the answer to malformed JSON may quote what was sent',
    hooks: refusal(
      (_, __, call) => errorReply(400, 'ASM.01010002', `Unexpected token in JSON: ${call.body.toString('utf8').slice(0, 500)}`),
      isMalformed,
    ),
  },
]

function quoted(call: Call, { place }: Problem): string {
  try {
    return JSON.stringify(valueAt(JSON.parse(call.body.toString('utf8')), place.split('.').slice(1)))?.slice(0, 2000) ?? 'nothing'
  } catch {
    return 'that'
  }
}

const shapes: readonly Definition[] = [
  {
    name: 'more-members',
    promise: 'an answer may hold members that the documentation does not name',
    hooks: answer((task) => {
      const more = changeAt({ apiVersion: 'v2', kind: 'Workshop', ...(task as object) }, ['metadata'], (value) => ({
        ...(value as object),
        labels: {},
        annotations: null,
        generation: 1,
      }))
      return changeAt(more, ['status'], (value) => ({ phase: 'Creating', conditions: [], ...(value as object), errorCode: '' }))
    }),
  },
  {
    name: 'defaults-filled-in',
    promise: 'a member that was not sent may be filled in',
    hooks: answer((task) =>
      changeAt(
        changeAt(task, description.path, (text) => text ?? ''),
        image.path,
        (text) => text ?? 'swr.example.com/asm/workshop:1.0',
      ),
    ),
  },
  {
    name: 'charset-told',
    promise: 'an answer may tell its charset',
    hooks: anyReply((made) =>
      made.headers['Content-Type'] === 'application/json' ? withType(made, 'application/json;charset=utf-8') : made,
    ),
  },
  {
    name: 'charset-in-capitals',
    promise: 'a charset has no case',
    hooks: anyReply((made) =>
      made.headers['Content-Type'] === 'application/json' ? withType(made, 'application/json; charset="UTF-8"') : made,
    ),
  },
  {
    name: 'pretty-printed',
    promise: 'JSON may hold white space',
    hooks: { serialise: () => (value) => `${JSON.stringify(value, null, '\t')}\r\n` },
  },
  {
    name: 'ascii-only',
    promise: 'JSON may escape any character',
    hooks: success((made) =>
      withBody(
        made,
        made.body
          .toString('utf8')
          .replace(/[\u007f-\uffff]/g, escaped)
          .replaceAll('/', '\\/'),
      ),
    ),
  },
  { name: 'members-reversed', promise: 'the members of an object have no order', hooks: answer(reversed) },
  {
    name: 'port-with-point',
    promise: '8080.0 is the same number as 8080',
    hooks: success((made) => withBody(made, made.body.toString('utf8').replace(/("port":\d+)(?=[,}])/, '$1.0'))),
  },
]

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

function reversed(value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member) as Json]),
  )
}

/** Freedoms in what the API itself answers. */
export const lawful = define([...bounds, errorNames, ...errors, ...shapes])
