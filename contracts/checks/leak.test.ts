import type { Json } from '../../core/json'
import { type AnswerParts, document, exchange, judged, judgeWith, owes, plainBody, successBody, token, verdict } from '../fixtures'

const error = (errorMsg: string, more: Partial<AnswerParts> = {}): AnswerParts => ({
  status: 400,
  body: { errorCode: 'ASM.1', errorMsg },
  ...more,
})
const refused = (errorMsg: string, sent: Json = plainBody, options = {}) =>
  verdict({ owes: owes.reject, sent, answer: error(errorMsg) }, options)

describe('the token', () => {
  const leak = (place: string) => [`leak token ${place}`]
  test.each<[string, string]>([
    ['plain', token],
    ['within words', `token=${token};`],
    ['URL-encoded', encodeURIComponent(token)],
    ['URL-encoded in small letters', encodeURIComponent(token).replace(/%../g, (code) => code.toLowerCase())],
    ['in base64', Buffer.from(token).toString('base64')],
    ['in base64url', Buffer.from(token).toString('base64url')],
    ['in a Basic Authorization', `Basic ${Buffer.from(`user:${token}`).toString('base64')}`],
    ['in a longer base64 text', Buffer.from(`{"t":"${token}"}`).toString('base64')],
    ['in hexadecimal digits', Buffer.from(token).toString('hex')],
    ['in hexadecimal capitals', Buffer.from(token).toString('hex').toUpperCase()],
    ['in references of HTML, each character', [...token].map((sign) => `&#${sign.charCodeAt(0)};`).join('')],
    ['in hexadecimal references', [...token].map((sign) => `&#x${sign.charCodeAt(0).toString(16)};`).join('')],
    ['URL-encoded, each byte', [...Buffer.from(token)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['URL-encoded twice', encodeURIComponent(encodeURIComponent(token))],
  ])('%s', (_, text) => {
    expect(refused(text)).toEqual(leak('answer.body'))
    const headers = [['Content-Type', 'application/json'] as const, ['X-Debug', text] as const]
    expect(verdict({ answer: { body: successBody(), headers } })).toEqual(leak('answer.header.x-debug'))
  })
  test('in every kind of answer', () => {
    for (const status of [401, 403, 429, 502])
      expect(verdict({ owes: owes.refuse, answer: { status, body: { error_code: 'APIG.1', error_msg: token } } })).toEqual(
        leak('answer.body'),
      )
    expect(verdict({ answer: { status: 500, text: token, headers: [] } })).toEqual([
      ...leak('answer.body'),
      'server-error status:500 answer.status',
    ])
    expect(verdict({ notReached: 'throttled', answer: { status: 429, text: token, headers: [] } })).toEqual(leak('answer.body'))
    expect(
      verdict({ answer: { body: successBody(plainBody, { description: token }) }, sent: { ...plainBody, description: token } }),
    ).toEqual(leak('answer.body'))
  })
  test('escaped as JSON, with quotes in it', () => {
    const secret = 'a"b\\c"defghi/jk'
    expect(refused(`got ${secret}`, plainBody, { secrets: [secret] })).toEqual(leak('answer.body'))
    const text = `{"errorCode":"E","errorMsg":"${secret.replace(/["\\/]/g, '\\$&')}"}`
    expect(verdict({ owes: owes.reject, answer: { status: 400, text } }, { secrets: [secret] })).toEqual(leak('answer.body'))
  })
  test('beyond ASCII, in a header, whose bytes are read one a character', () => {
    const secret = 'ci:p\u00e4ssw\u00f6rd-1234'
    const headers = [['Content-Type', 'application/json'] as const, ['X-User', Buffer.from(secret).toString('latin1')] as const]
    expect(verdict({ answer: { body: successBody(), headers } }, { secrets: [secret] })).toEqual(leak('answer.header.x-user'))
  })
  test('in escapes of JSON, each character', () => {
    const escaped = [...token].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`).join('')
    const text = `{"errorCode":"E","errorMsg":"got ${escaped}"}`
    expect(verdict({ owes: owes.reject, answer: { status: 400, text } })).toEqual(leak('answer.body'))
  })
  test('in base64 that is broken into lines', () => {
    const lines = Buffer.from(`the token ${token}`).toString('base64').replace(/.{16}/g, '$&\r\n')
    expect(refused(lines)).toEqual(leak('answer.body'))
  })
  test('its beginning alone is none', () => {
    const secret = `${token}-and-so-on-${'x'.repeat(40)}`
    expect(refused(`got ${secret.slice(0, 40)}…`, plainBody, { secrets: [secret] })).toEqual([])
  })
  test.each([
    ['a cookie', [['Cookie', `a=b; sid=${token}`]], `you sent a=b; sid=${token}`],
    ['Basic', [['Authorization', `Basic ${Buffer.from(`joe:${token}`).toString('base64')}`]], `wrong password ${token}`],
  ] as const)('sent in %s', (_, headers, text) => {
    const secrets = [token, `joe:${token}`]
    expect(verdict({ owes: owes.reject, headers: [...headers], answer: error(text) }, { secrets })).toEqual(leak('answer.body'))
  })
  test.each([
    ['a cookie', [['Cookie', `sid=${token}x`]], '', `no session ${token}x`],
    ['Basic', [['Authorization', `Basic ${Buffer.from(`joe:${token}x`).toString('base64')}`]], '', `wrong password ${token}x`],
    ['the query', [], `?key=${encodeURIComponent(`${token}x`)}`, `wrong key ${token}x`],
  ] as const)('one that is nearly it may be quoted, sent in %s', (_, headers, query, text) => {
    const near = exchange({ owes: owes.reject, headers: [...headers], answer: error(text) })
    const { request } = near.case
    const sent = { ...near, case: { ...near.case, request: { ...request, target: request.target + query } } }
    const judge = judgeWith({ secrets: [token, `joe:${token}`] })
    expect(judge.judge(sent).failures).toEqual([])
    judge.remember(sent)
    expect(judge.judge(exchange({ owes: owes.reject, answer: error(text) })).failures).toEqual([])
    expect(judge.judge(exchange({ owes: owes.reject, answer: error(`${text}, not ${token}`) })).failures).toHaveLength(1)
  })
  test('without its scheme', () => {
    expect(refused('who is abcdef123456?', plainBody, { secrets: ['Bearer abcdef123456'] })).toEqual(leak('answer.body'))
  })
  test('the real one is never excused, though it was sent', () => {
    expect(refused(`bad header: ${token}`)).toEqual(leak('answer.body'))
  })
  test('its value never stands in the failure', () => {
    expect(JSON.stringify(judged({ owes: owes.reject, answer: error(token) }).failures)).not.toContain(token)
  })
  test.each(['x', ' ', '0000'])('one that is nearly it may be quoted: with %j behind', (end) => {
    const near = `${token}${end}`.trim() === token ? `${token}_` : `${token}${end}`
    const headers = [['Content-Type', 'application/json'] as const, ['X-Auth-Token', near] as const]
    const quote = (text: string) => verdict({ owes: owes.refuse, headers, answer: { ...error(text), status: 401 } })
    expect(quote(`invalid token ${near}`)).toEqual([])
    expect(quote(`invalid token ${Buffer.from(near).toString('base64')}`)).toEqual([])
    expect(quote(`invalid token ${near}, not ${token}`)).toEqual(leak('answer.body'))
  })
  test('so may one that another request sent', () => {
    const judge = judgeWith({ sentTokens: [`${token}-b`] })
    judge.remember(
      exchange({ owes: owes.refuse, headers: [['X-Auth-Token', `${token}-a`]], answer: { status: 401, text: '', headers: [] } }),
    )
    const quoting = (text: string) => judge.judge(exchange({ owes: owes.reject, answer: error(text) })).failures
    expect(quoting(`last bad tokens: ${token}-a`)).toEqual([])
    expect(quoting(`last bad tokens: ${token}-b`)).toEqual([])
    expect(quoting(`last bad tokens: ${token}-c`)).toHaveLength(1)
  })
  test.each([['secret'], ['token'], ['']])('a word (%j) is no token that can be looked for', (secret) => {
    expect(refused('invalid token, no secret', plainBody, { secrets: [secret] })).toEqual([])
  })
})

const traces = [
  "TypeError: Cannot read properties of undefined (reading 'name')\n    at create (/app/dist/routes/workshops.js:41:17)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
  'SyntaxError: Unexpected token\n    at JSON.parse (<anonymous>)',
  'at async Server.handle (file:///srv/mesh/server.mjs:10:3)',
  'java.lang.NullPointerException: null\n\tat com.example.mesh.WorkshopController.create(WorkshopController.java:57)',
  'java.lang.NullPointerException: Cannot invoke "String.length()" because "name" is null',
  'org.postgresql.util.PSQLException: the value is too long',
  'System.NullReferenceException: Object reference not set',
  'Exception in thread "main" oh no',
  'Prelude.head: empty list\nCallStack (from HasCallStack):\n  error, called at libraries/base/GHC/List.hs:1646:3 in base:GHC.List',
  'Traceback (most recent call last):\n  File "/srv/mesh/app.py", line 12, in create\n    x["a"]',
  'File "app.py", line 12, in create',
  'goroutine 17 [running]:\nmain.create(0xc000)\n\t/go/src/mesh/main.go:42 +0x1d',
  'panic: runtime error: index out of range [3] with length 2',
  'System.NullReferenceException: Object reference not set\n   at Mesh.Api.Create(Request r) in C:\\src\\Mesh\\Api.cs:line 33',
  'PHP Fatal error:  Uncaught TypeError in /var/www/html/index.php:12',
  '<b>Warning</b>: Undefined index in <b>/var/www/html/index.php</b> on line <b>12</b>',
  '#0 /var/www/html/index.php(12): create()',
  "/srv/mesh/app.rb:12:in `create'",
  "thread 'main' panicked at src/main.rs:12:5",
]
const paths = [
  "ENOENT: no such file or directory, open '/var/lib/mesh/tasks.json'",
  'cannot write /home/mesh/data/task',
  "Cannot find module '/app/handlers/create.js'",
  'failed to load /etc/mesh/config.yaml',
  'open /tmp/upload-1.json: permission denied',
  'in /usr/local/lib/python3.11/site-packages/flask',
  'at /opt/mesh/bin/server',
  'C:\\Users\\mesh\\app\\server.exe',
  'C:\\inetpub\\wwwroot\\index.aspx',
  'src/routes/workshops.ts:41:17',
  'from node_modules/express/lib/router',
  'file:///home/mesh/app',
].map((path) => path.replace('from node_modules', 'from /x/node_modules'))
const statements = [
  "SELECT id, name FROM workshops WHERE name = 'x'",
  'select * from workshops',
  'select "w"."id", "w"."name" from "workshops" as "w"',
  'INSERT INTO workshops (id, name) VALUES ($1, $2)',
  "update workshops set name = 'x'",
  'delete from workshops where id = 7',
  'CREATE TABLE workshops',
  'You have an error in your SQL syntax; check the manual',
  'ERROR: syntax error at or near "\'"',
  'duplicate key value violates unique constraint "workshops_pkey"',
  'UNIQUE constraint failed: workshops.name',
  'SQLITE_CONSTRAINT: failed',
  'SQLSTATE[22001]: String data, right truncated',
  'ORA-00001: unique constraint violated',
  "ER_DUP_ENTRY: Duplicate entry 'x' for key 'name'",
  "Data too long for column 'description' at row 1",
  'relation "workshops" does not exist',
  'no such table: workshops',
  'E11000 duplicate key error collection: mesh.workshops',
]

describe('the inside of the server', () => {
  test.each([
    ...traces.map((text) => ['stack-trace', text]),
    ...paths.map((text) => ['file-path', text]),
    ...statements.map((text) => ['sql', text]),
  ] as [string, string][])('%s: %s', (kind, text) => {
    const found = refused(text)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(new RegExp(`^leak (${kind}|stack-trace) answer\\.body$`))
    const page = { status: 400, text: `<html><pre>${text}</pre></html>`, headers: [['Content-Type', 'text/html']] } as const
    expect(verdict({ owes: { ...owes.refuse, httpMayRefuse: true }, answer: page })).toHaveLength(1)
    const header = {
      body: successBody(),
      headers: [
        ['Content-Type', 'application/json'],
        ['X-Error', text.replaceAll('\n', ' ')],
      ],
    } as const
    expect(verdict({ answer: header })[0]).toMatch(/^leak .* answer\.header\.x-error$/)
  })

  test.each([...traces, ...paths, ...statements])('may be quoted if it was sent: %s', (text) => {
    const sent = { ...plainBody, description: text }
    for (const quote of [
      text,
      `invalid description "${text}"`,
      text.replaceAll('"', '\\"'),
      text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;'),
      encodeURIComponent(text),
      text.slice(0, -2),
    ])
      expect(refused(quote, sent)).toEqual([])
    expect(verdict({ owes: owes.either, sent, answer: { body: successBody(sent) } })).toEqual([])
  })
  test.each([traces[0]!, paths[0]!, statements[0]!])('is no leak in a later answer either, if an earlier request sent it: %s', (text) => {
    const judge = judgeWith()
    judge.sending(exchange({ sent: { ...plainBody, description: text } }).case)
    judge.sending(exchange({ sentText: `{"malformed": "${text}"` }).case)
    expect(judge.judge(exchange({ owes: owes.reject, answer: error(`tasks: ${text}`) })).failures).toEqual([])
    expect(
      judge.judge(exchange({ owes: owes.reject, answer: error('at other (/app/x.js:1:2), SELECT a FROM b WHERE c') })).failures,
    ).toHaveLength(1)
  })
  test('what was not sent is not excused by what was', () => {
    const sent = { ...plainBody, description: '/etc/passwd' }
    expect(refused('cannot open /etc/passwd, but /etc/shadow', sent)).toEqual(['leak file-path answer.body'])
    expect(refused('cannot open /var/lib/mesh/tasks.json for /etc/passwd', sent)).toEqual(['leak file-path answer.body'])
  })
  test('slashes and line ends escaped as JSON make no difference', () => {
    expect(
      verdict({ owes: owes.reject, answer: { status: 400, text: '{"errorCode":"E","file":"\\/var\\/www\\/html\\/index.php"}' } }),
    ).toEqual(['leak file-path answer.body'])
    expect(verdict({ owes: owes.reject, answer: { status: 400, text: '{"errorCode":"E","t":"\\u0053ELECT a FROM b"}' } })).toEqual([
      'leak sql answer.body',
    ])
  })
  test('beside a crash it is told too', () => {
    expect(verdict({ answer: { status: 500, text: traces[0]!, headers: [] } })).toEqual([
      'leak stack-trace answer.body',
      'server-error status:500 answer.status',
    ])
  })
})

describe('plain words, names and URLs are no leak', () => {
  test.each([
    'Invalid request: body.spec.ingress.port must be integer',
    'Unexpected token } in JSON at position 5',
    "Expected ',' or '}' after property value in JSON at position 38 (line 1 column 39)",
    'Please select a value from the list',
    'select name, port from the form',
    'You must update the set of members',
    'failed to delete from the list where it is',
    'The table of values does not exist',
    'no such mesh',
    'no such workshop: abc',
    'not found at /v2/meshes/0f3c2b1a/workshops',
    'POST /v2/meshes/x/workshops/home/index failed',
    'see https://example.com/var/www/docs/index.html and http://localhost:8080/app/main.js',
    'image registry.example.com/usr/local/app:1.2 cannot be pulled',
    'library/nginx:latest',
    'docker.io/library/node.js:18',
    'use application/json; text/html is not accepted',
    'an exception was raised; the error is internal',
    'IllegalArgumentException',
    'com.example.mesh.InvalidParameterException: refused',
    'JSON parse error; nested exception is com.fasterxml.jackson.core.JsonParseException: Unexpected end-of-input',
    'org.springframework.http.converter.HttpMessageNotReadableException: JSON parse error',
    'System.FormatException: wrong',
    'ER_BAD_REQUEST',
    'com.example.mesh.ValidationError',
    'value at "metadata.name" (line 3)',
    'and/or yes/no 1/2 a/b/c',
    'must match ^[a-z]([-a-z0-9]*[a-z0-9])?$',
    'C:\\ is no name',
    'at least one of name (a) or id (b)',
    'from 2024-05-05 to 2024-05-06 12:30:45',
    'the constraint of 63 characters',
    'too long for a name',
  ])('%s', (text) => {
    expect(refused(text)).toEqual([])
    expect(verdict({ answer: { body: { ...(successBody() as object), message: text } } })).toEqual([])
  })
  test('a page with links to its own files', () => {
    const text = '<html><link href="/app/style.css"><script src="/app/main.js"></script><a href="/home/user/start">x</a></html>'
    expect(verdict({ owes: owes.refuse, answer: { status: 404, text, headers: [['Content-Type', 'text/html']] } })).toEqual([])
  })
  test('the cookie of the session, set anew where the docs state one', () => {
    const answer = {
      body: successBody(),
      headers: [
        ['Content-Type', 'application/json'],
        ['Set-Cookie', `sid=${token}; HttpOnly`],
      ] as const,
    }
    expect(verdict({ answer })).toEqual(['leak token answer.header.set-cookie'])
    const operations = document.operations.map((pair) => {
      const sid = { name: 'sid', in: 'cookie', required: false, schema: true, credential: { scheme: 'sid', kind: 'apiKey' } } as const
      return { ...pair, documented: { ...pair.documented, parameters: [...pair.documented.parameters, sid] } }
    })
    expect(judged({ answer }, { document: { ...document, operations } }).failures).toEqual([])
  })
  test('headers that hold URLs and cookies', () => {
    const headers = [
      ['Content-Type', 'application/json'],
      ['Location', '/home/user/tasks'],
      ['Set-Cookie', 'a=b; Path=/var/www/app.php; HttpOnly'],
      ['Link', '</usr/local/next>; rel=next'],
      ['Server', 'nginx/1.25.3 (Ubuntu)'],
      ['Via', '1.1 gateway'],
    ] as const
    expect(verdict({ answer: { body: successBody(), headers } })).toEqual([])
  })
})

test.each([
  'at a.',
  'select a.',
  '/home/',
  'SELECT ',
  'insert into a (',
  '#1 ',
  'a/',
  'x.y.',
  '\\u0061',
  '\\',
  '%25',
  '&amp;',
  '&#9;',
  '"',
  '&quot;',
  'File "',
  'update a set ',
  '<a href="',
])(
  'an endless row of %j is searched to its end',
  (part) => {
    expect(refused(`${part.repeat(Math.ceil(300_000 / part.length))} `)).toEqual([])
  },
  20_000,
)

test('where something lies in what was sent is no file path', () => {
  const sent = { ...plainBody, home: { b: [{ c: 1 }] } }
  expect(refused('/home/b/0/c must be string', sent)).toEqual([])
  expect(refused('open /home/app/server/c failed', sent)).toEqual(['leak file-path answer.body'])
})
