import { errorReply, jsonReply, reply, withHeaders } from '../replies'
import type { Call, Reply } from '../stages'
import { broken, type Definition } from '../variant'
import { token, unauthorized } from './auth'
import { anyReply, intercept, isMalformed, parseBody, refusal, success, withBody } from './tools'
import { hinted, trailed } from './wire'

const javaTrace = [
  'java.lang.NullPointerException: Cannot invoke "String.length()" because "name" is null',
  '\tat com.example.asm.workshop.WorkshopService.create(WorkshopService.java:118)',
  '\tat com.example.asm.workshop.WorkshopController.post(WorkshopController.java:57)',
  '\tat java.base/java.lang.Thread.run(Thread.java:840)',
].join('\n')
const nodeTrace =
  'SyntaxError: Unexpected token\n    at JSON.parse (<anonymous>)\n    at parse (/usr/src/app/node_modules/body-parser/lib/types/json.js:92:19)\n    at /usr/src/app/server.js:31:7'
const pythonTrace =
  'Traceback (most recent call last):\n  File "/srv/app/workshop/views.py", line 41, in create\n    port = int(body["port"])\nValueError: invalid literal for int()'
const goTrace =
  'panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 18 [running]:\nmain.(*server).create(0xc0000b2000)\n\t/go/src/workshop/server.go:88 +0x1d'
const phpTrace =
  'PHP Fatal error:  Uncaught TypeError: create(): Argument #1 must be of type string in /var/www/html/src/Workshop.php:52\nStack trace:\n#0 {main}'
const sql = "insert into workshop (name, port) values (?, ?): Duplicate entry for key 'workshop.PRIMARY' [SQLSTATE 23000]"
const path = 'cannot read /opt/asm/conf/workshop/defaults.yaml'

const message = (text: string) => (): Reply => errorReply(400, 'ASM.01010001', text)
const leakPlace = ['answer*', 'body*', 'header*']

const internals: readonly Definition[] = [
  {
    name: 'java-trace-in-error',
    promise: 'an answer never shows internals: a stack trace in every 400',
    finds: { place: leakPlace },
    hooks: refusal(message(javaTrace)),
  },
  {
    name: 'node-trace-for-malformed',
    promise: 'an answer never shows internals: a stack trace in the answer to malformed JSON',
    finds: { place: leakPlace },
    hooks: refusal(message(nodeTrace), isMalformed),
  },
  {
    name: 'python-trace-for-wrong-type',
    promise: 'an answer never shows internals: a stack trace in the answer to a wrong type',
    finds: { place: leakPlace },
    hooks: refusal(message(pythonTrace), (problems) => problems.some(({ keyword }) => keyword === 'type')),
  },
  {
    name: 'go-trace-for-missing',
    promise: 'an answer never shows internals: a stack trace in the answer to a missing member',
    finds: { place: leakPlace },
    hooks: refusal(message(goTrace), (problems) => problems.some(({ keyword }) => keyword === 'required')),
  },
  {
    name: 'php-trace-in-error',
    promise: 'an answer never shows internals: a stack trace in every 400',
    finds: { place: leakPlace },
    hooks: refusal(message(phpTrace)),
  },
  {
    name: 'trace-member-in-error',
    promise: 'an answer never shows internals: a stack trace beside errorCode',
    finds: { place: leakPlace },
    hooks: refusal((error) => jsonReply(400, { ...(parseBody(error) as object), trace: javaTrace })),
  },
  {
    name: 'trace-page-for-other-type',
    promise: 'an answer never shows internals: a stack trace in the answer to another media type',
    finds: { place: leakPlace },
    hooks: { media: (next) => (call) => (next(call) ? reply(415, `<pre>${nodeTrace}</pre>`, 'text/html') : undefined) },
  },
  {
    name: 'trace-for-missing-token',
    promise: 'an answer never shows internals: a stack trace in the answer to a missing token',
    finds: { place: leakPlace },
    hooks: unauthorized(() => reply(401, pythonTrace, 'text/plain')),
  },
  {
    name: 'file-path-in-error',
    promise: 'an answer never shows internals: a path of a file in every 400',
    finds: { place: leakPlace },
    hooks: refusal(message(path)),
  },
  {
    name: 'sql-in-error',
    promise: 'an answer never shows internals: SQL in every 400',
    finds: { place: leakPlace },
    hooks: refusal(message(sql)),
  },
  {
    name: 'sql-in-success',
    promise: 'an answer never shows internals: SQL in the answer to a created task',
    finds: { place: leakPlace },
    hooks: success((answer) =>
      jsonReply(200, { ...(parseBody(answer) as object), debug: "INSERT INTO workshops (name, uid) VALUES ('x', 'y')" }),
    ),
  },
  {
    name: 'trace-in-success',
    promise: 'an answer never shows internals: a stack trace in the answer to a created task',
    finds: { place: leakPlace },
    hooks: success((answer) => jsonReply(200, { ...(parseBody(answer) as object), warnings: [javaTrace] })),
  },
  {
    name: 'trace-in-header',
    promise: 'an answer never shows internals: a stack trace in a header',
    finds: { place: leakPlace },
    hooks: refusal((error) => withHeaders(error, { 'X-Debug': javaTrace.replace(/\n\t?/g, ' ') })),
  },
]

const echoed: readonly (readonly [name: string, what: string, change: (answer: Reply, secret: string) => Reply])[] = [
  ['in-every-answer', 'a member of every JSON answer', (answer, secret) => withMember(answer, 'token', secret)],
  ['in-header', 'a header of every answer', (answer, secret) => withHeaders(answer, { 'X-Auth-Token': encodeURIComponent(secret) })],
  [
    'in-base64',
    'a member of every JSON answer, in base64',
    (answer, secret) => withMember(answer, 'context', Buffer.from(secret).toString('base64')),
  ],
  [
    'in-url-encoding',
    'a member of every JSON answer, encoded for a URL',
    (answer, secret) => withMember(answer, 'self', `https://api.example.com/?token=${encodeURIComponent(secret)}`),
  ],
]

function withMember(answer: Reply, name: string, value: string): Reply {
  try {
    return withBody(answer, JSON.stringify({ ...(parseBody(answer) as object), [name]: value }))
  } catch {
    return answer
  }
}

const tokens: readonly Definition[] = [
  ...echoed.map(([name, what, change]) => ({
    name: `token-${name}`,
    promise: `an answer never shows the token: it is in ${what}`,
    finds: { place: leakPlace },
    needsToken: true,
    hooks: anyReply((answer, call) => change(answer, token(call) ?? '-')),
  })),
  {
    name: 'token-in-error',
    promise: 'an answer never shows the token: it is in the message of every 400',
    finds: { place: leakPlace },
    needsToken: true,
    hooks: refusal((_, __, call) => errorReply(400, 'ASM.01010001', `Invalid request of ${token(call)}`)),
  },
  {
    name: 'token-in-error-for-malformed',
    promise: 'an answer never shows the token: the answer to malformed JSON quotes the request',
    finds: { place: leakPlace },
    needsToken: true,
    hooks: refusal(
      (_, __, call) => errorReply(400, 'ASM.01010001', `Cannot read ${call.method} X-Auth-Token: ${token(call)}`),
      isMalformed,
    ),
  },
  {
    name: 'token-in-success',
    promise: 'an answer never shows the token: it is in the answer to a created task',
    finds: { place: leakPlace },
    needsToken: true,
    hooks: success((answer, call) => withMember(answer, 'createdBy', token(call) ?? '-')),
  },
  {
    name: 'token-in-trailer',
    promise: 'an answer never shows the token: it is in a field behind the body of the answer to a created task',
    finds: { place: leakPlace },
    needsToken: true,
    hooks: success((answer, call) => ({ ...answer, write: trailed({ 'X-Debug': token(call) ?? '-' }) })),
  },
  {
    name: 'token-in-early-hints',
    promise: 'an answer never shows the token: it is in a field of an interim answer',
    finds: { place: leakPlace },
    needsToken: true,
    hooks: success((answer, call) => ({ ...answer, write: hinted({ 'X-Debug': token(call) ?? '-' }) })),
  },
  {
    name: 'trace-method-echoes-token',
    promise: 'TRACE is refused with a client error, and an answer never shows the token',
    finds: { place: [...leakPlace, 'method*'] },
    hooks: intercept((call) => (call.method === 'TRACE' ? reply(200, echo(call), 'message/http') : undefined)),
  },
]

function echo({ request }: Call): string {
  const lines = request.rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${request.rawHeaders[i + 1]}`] : []))
  return [`${request.method} ${request.url} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

/** Secrets and internals in answers. */
export const leaks = broken('auth', [...internals, ...tokens])
