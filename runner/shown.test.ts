import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { WireRequest } from '../core/case'
import { createMask } from '../core/mask'
import { curlLine, shownRequest } from './shown'

const basic = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`
const get = (headers: WireRequest['headers'], target = '/a'): WireRequest => ({ method: 'GET', target, headers })
const long = `joe:${'s3cr3t'.repeat(20)}`

/** What a target takes for the same. */
const heard = ({ method, target, headers, body }: WireRequest) => ({
  method,
  target: decodeURIComponent(target),
  headers: headers.map(([name, value]) => [name, value]),
  body: body?.toString('utf8') ?? '',
})

test.each<[string, string, WireRequest]>([
  ['a header', 'k3y-"of`the\'test', get([['X-Key', 'k3y-"of`the\'test']])],
  ['Bearer', 't0ken', get([['Authorization', 'Bearer t0ken']])],
  ['Bearer, given as a whole', 'Bearer t0ken', get([['Authorization', 'Bearer t0ken']])],
  ['one that misses it nearly', 't0ken', get([['Authorization', 'Bearer t0kenx']])],
  ['Basic', 'joe:s3cr3t', get([['Authorization', basic('joe:s3cr3t')]])],
  ['a long one of Basic', long, get([['Authorization', basic(long)]])],
  ['Basic, given as a whole', basic('joe:s3cr3t'), get([['Authorization', basic('joe:s3cr3t')]])],
  ['Basic that misses it nearly', 'joe:s3cr3t', get([['Authorization', basic('joe:s3cr3tx')]])],
  ['a cookie', 's3cr3t', get([['Cookie', 'a=b; sid=s3cr3t']])],
  ['the query', 's3cr3t', get([], '/a?b=%20&key=s3cr3t&c=d')],
  ['the query, escaped', 'k&y/+=s3cr3t \u00e9', get([], `/a?b=%20&key=${encodeURIComponent('k&y/+=s3cr3t \u00e9')}&c=d`)],
  [
    'a body',
    's3cr3t',
    { method: 'POST', target: '/a', headers: [['Content-Type', 'application/json']], body: Buffer.from('{"a":"s3cr3t\'s"}') },
  ],
])('a curl line with the token in %s sends it as pasted', async (_, token, request) => {
  const seen: WireRequest[] = []
  const server = createServer(async (came, response) => {
    const body = Buffer.concat(await came.toArray())
    const headers = request.headers.map(([name]) => [name, String(came.headers[name.toLowerCase()])] as const)
    seen.push({ method: came.method ?? '', target: came.url ?? '', headers, body })
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const line = curlLine(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, request, createMask([token]))
    expect(line).toContain('"$PLUMBLINE_TOKEN"')
    expect(line).not.toContain(token)
    await promisify(execFile)('sh', ['-c', line ?? ''], { env: { ...process.env, PLUMBLINE_TOKEN: token } })
    expect(seen.map(heard)).toEqual([heard(request)])
  } finally {
    server.close()
  }
})

test('bytes that hold the token are in no curl line', () => {
  const body = (text: string) => ({ method: 'POST', target: '/a', headers: [], body: Buffer.from(text, 'latin1') })
  expect(curlLine('http://h', body('\xff s3cr3t'), createMask(['s3cr3t']))).toBeUndefined()
  expect(curlLine('http://h', body('\xff other'), createMask(['s3cr3t']))).toContain('base64 -d')
})

test('a long body is shown as text if it is UTF-8, else as bytes', () => {
  const shown = (body: Buffer) => shownRequest({ method: 'POST', target: '/', headers: [], body }, (text) => text)
  expect(shown(Buffer.from('\u6f22'.repeat(20_000))).body).toBe('\u6f22'.repeat(4096))
  const binary = shown(Buffer.alloc(5000, 0xff))
  expect(binary).not.toHaveProperty('body')
  expect(Buffer.from(binary.bodyBase64 ?? '', 'base64')).toEqual(Buffer.alloc(4096, 0xff))
})
