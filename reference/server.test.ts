import { connect } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
import type { Change } from '../core/case'
import { UsageError } from '../core/errors'
import type { ApiDocument } from '../core/operation'
import { loadDocument } from '../specs/load'
import { model, plain, token } from '../test/probes'
import { type Reference, startReference } from './server'

let document: ApiDocument
let server: Reference
let agent: Agent

beforeAll(async () => {
  document = await loadDocument()
  server = await startReference({ document, token })
  agent = new Agent()
})

afterAll(async () => {
  await agent.close()
  await server.close()
})

async function send(...changes: readonly Change[]) {
  const { method, target, headers, body } = plain(...changes)
  const answer = await agent.request({
    origin: server.url,
    path: target,
    method: method as Dispatcher.HttpMethod,
    headers: headers.flat(),
    body: body ?? null,
  })
  const text = await answer.body.text()
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    json: /json/.test(String(answer.headers['content-type'])) && text ? JSON.parse(text) : undefined,
  }
}

/** Sends bytes and gives all that comes back until the connection ends. */
function raw(bytes: string | Buffer): Promise<string> {
  return new Promise((done) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
    socket.on('close', () => done(Buffer.concat(chunks).toString()))
    socket.write(bytes)
  })
}

const bytes = (body: string | Buffer): Change => ({ at: ['body'], bytes: Buffer.from(body).toString('base64') })
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('a valid request', () => {
  test('is answered with the task: what was sent, and what the server makes', async () => {
    const sent = { ...(model.body as Record<string, object>), metadata: { name: 'mine' } }
    const { status, headers, json } = await send({ at: ['body'], set: sent })
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/json')
    expect(json).toEqual({
      ...sent,
      metadata: { name: 'mine', uid: expect.stringMatching(uuid), creationTimestamp: expect.any(String) },
      status: { updateTime: json.metadata.creationTimestamp },
    })
    expect(Math.abs(Date.now() - Date.parse(json.metadata.creationTimestamp))).toBeLessThan(60_000)
  })

  test('is answered without what it does not hold', async () => {
    const { status, json } = await send(
      { at: ['body', 'description'], remove: true },
      { at: ['body', 'spec', 'ingress', 'imageAddress'], remove: true },
    )
    expect(status).toBe(200)
    expect(json).not.toHaveProperty('description')
    expect(json.spec.ingress).not.toHaveProperty('imageAddress')
  })

  test('may be sent twice: each gets an ID of its own', async () => {
    const name: Change = { at: ['body', 'metadata', 'name'], set: 'twice' }
    const [a, b] = await Promise.all([send(name), send(name)])
    expect([a.status, b.status]).toEqual([200, 200])
    expect(a.json.metadata.uid).not.toBe(b.json.metadata.uid)
  })

  test.each(['application/json;charset=utf-8', 'Application/JSON', 'application/json; charset="UTF-8"'])('may come as %s', async (type) => {
    expect((await send({ at: ['header', 'Content-Type'], set: type })).status).toBe(200)
  })

  test("takes no ID or time of the caller's own", async () => {
    const own = '11111111-1111-4111-8111-111111111111'
    const { json } = await send(
      { at: ['body', 'metadata'], insert: 'uid', raw: `"${own}"` },
      { at: ['body', 'metadata'], insert: 'creationTimestamp', raw: '"2001-01-01T00:00:00Z"' },
    )
    expect(json.metadata.uid).not.toBe(own)
    expect(json.metadata.creationTimestamp).not.toContain('2001')
  })
})

describe('a refusal', () => {
  test.each<[string, number, ...Change[]]>([
    ['malformed JSON', 400, bytes('{')],
    ['no body', 400, { at: ['body'], remove: true }],
    ['invalid UTF-8', 400, bytes(Buffer.from('"\xff"', 'latin1'))],
    ['a byte order mark', 400, bytes('\ufeff{}')],
    ['a missing member', 400, { at: ['body', 'metadata'], remove: true }],
    ['a wrong type', 400, { at: ['body', 'spec', 'ingress', 'port'], set: '8080' }],
    ['a value outside the assumptions', 400, { at: ['body', 'spec', 'ingress', 'port'], set: 0 }],
    ['a number beyond doubles', 400, { at: ['body', 'spec', 'ingress', 'port'], raw: '1e999' }],
    ['a mesh_id that is none', 400, { at: ['path', 'mesh_id'], raw: '%zz' }],
  ])('of %s has the documented shape', async (_, status, ...changes) => {
    const answer = await send(...changes)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.json).toEqual({ errorCode: expect.stringMatching(/^ASM\.\d{8}$/), errorMsg: expect.stringMatching(/./) })
  })

  test.each<[string, number, ...Change[]]>([
    ['a missing token', 401, { at: ['header', 'X-Auth-Token'], remove: true }],
    ['an empty token', 401, { at: ['header', 'X-Auth-Token'], set: '' }],
    ['another token', 401, { at: ['header', 'X-Auth-Token'], set: 'other' }],
    ['another media type', 415, { at: ['header', 'Content-Type'], set: 'text/plain' }],
    ['no media type', 415, { at: ['header', 'Content-Type'], remove: true }],
    ['another charset', 415, { at: ['header', 'Content-Type'], set: 'application/json;charset=utf-16' }],
    ['a compressed body', 415, { at: ['header', 'Content-Encoding'], set: 'gzip' }],
    ['an oversize body', 413, bytes('x'.repeat(2 * 1024 * 1024 + 1))],
    ['a path with a slash', 404, { at: ['path', 'mesh_id'], raw: 'a/b' }],
    ['an empty segment', 404, { at: ['path', 'mesh_id'], raw: '' }],
    ['GET', 405, { at: ['method'], set: 'GET' }],
    ['PUT', 405, { at: ['method'], set: 'PUT' }],
    ['TRACE', 405, { at: ['method'], set: 'TRACE' }],
  ])("of %s has the gateway's shape", async (_, status, ...changes) => {
    const answer = await send(...changes)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({
      error_code: expect.stringMatching(/^APIG\./),
      error_msg: expect.any(String),
      request_id: expect.any(String),
    })
  })

  test('names the methods that are allowed', async () => {
    expect((await send({ at: ['method'], set: 'DELETE' })).headers.allow).toBe('POST, OPTIONS')
    const options = await send({ at: ['method'], set: 'OPTIONS' })
    expect([options.status, options.headers.allow, options.text]).toEqual([204, 'POST, OPTIONS', ''])
  })

  test('of HEAD has no body', async () => {
    const { status, text } = await send({ at: ['method'], set: 'HEAD' })
    expect([status, text]).toEqual([405, ''])
  })

  test('never quotes what was sent', async () => {
    expect((await send({ at: ['body', 'description'], set: 'sec\u0000ret' })).text).not.toContain('ret')
    expect((await send(bytes('{"secret"'))).text).not.toContain('secret')
  })
})

describe('odd requests', () => {
  test.each([10, 1000, 100_000])('a body nested in %d levels is answered', async (depth) => {
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`
    expect((await send(bytes(deep))).status).toBe(400)
    expect((await send({ at: ['body'], insert: 'deep', raw: deep })).status).toBe(200)
    expect((await send({ at: ['body', 'description'], raw: deep })).status).toBe(400)
  })

  test.each(['__proto__', 'constructor', 'toString', ''])('a member called %p is overlooked', async (name) => {
    const { status, text } = await send({ at: ['body'], insert: name, raw: '{"x":1}' })
    expect(status).toBe(200)
    expect(text).not.toContain('"x"')
  })

  test('the absolute form of the target is the same request', async () => {
    const { target, body } = plain()
    const head = `POST http://example.com${target} HTTP/1.1\r\nHost: example.com\r\nX-Auth-Token: ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body?.length}\r\nConnection: close\r\n\r\n`
    expect(await raw(head + body)).toMatch(/^HTTP\/1.1 200 /)
  })

  test.each([
    ['what is no HTTP', 'nonsense\r\n\r\n', 400],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a header of 20 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 405],
  ])('%s is refused, and the connection closed', async (_, sent, status) => {
    const answer = await raw(sent)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\n`))
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toHaveProperty('error_code')
  })

  test('a caller that gives up in the middle leaves the server well', async () => {
    const { target } = plain()
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    await new Promise<void>((done) => socket.write(`POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{`, () => done()))
    socket.resetAndDestroy()
    expect((await send()).status).toBe(200)
  })

  test('a chunked body without length is held to the same limit', async () => {
    const { target, headers } = plain()
    const body = (async function* () {
      for (let i = 0; i < 40; i++) yield Buffer.alloc(64 * 1024, ' ')
    })()
    const { statusCode, body: answer } = await agent.request({
      origin: server.url,
      path: target,
      method: 'POST',
      headers: headers.flat(),
      body: body as never,
    })
    await answer.dump()
    expect(statusCode).toBe(413)
  })
})

describe('starting', () => {
  test('takes any token where it is given none', async () => {
    const open = await startReference({ document })
    const { target, body } = plain()
    const ask = async (value: string) => {
      const answer = await agent.request({
        origin: open.url,
        path: target,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-auth-token': value },
        body: body ?? null,
      })
      await answer.body.dump()
      return answer.statusCode
    }
    expect([await ask('anything'), await ask('')]).toEqual([200, 401])
    await open.close()
  })

  test('refuses an unknown variant and a port that is taken', async () => {
    await expect(startReference({ document, variant: 'unknown' })).rejects.toThrow(UsageError)
    await expect(startReference({ document, port: Number(new URL(server.url).port) })).rejects.toThrow('EADDRINUSE')
  })

  test('listens on the loopback interface alone', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  test('closes while a request is not answered', async () => {
    const silent = await startReference({ document, variant: 'success-gives-hang' })
    const { target, headers, body } = plain()
    const waiting = agent.request({ origin: silent.url, path: target, method: 'POST', headers: headers.flat(), body: body ?? null })
    const failed = expect(waiting).rejects.toThrow()
    await new Promise((done) => setTimeout(done, 50))
    await silent.close()
    await failed
  })

  test('gives each server of a variant a memory of its own', async () => {
    const one = async () => {
      const limited = await startReference({ document, variant: 'existing-names-409' })
      const { target, headers, body } = plain({ at: ['body', 'metadata', 'name'], set: 'known' })
      const statuses = []
      for (let i = 0; i < 2; i++) {
        const answer = await agent.request({
          origin: limited.url,
          path: target,
          method: 'POST',
          headers: headers.flat(),
          body: body ?? null,
        })
        await answer.body.dump()
        statuses.push(answer.statusCode)
      }
      await limited.close()
      return statuses
    }
    expect([await one(), await one()]).toEqual([
      [200, 409],
      [200, 409],
    ])
  })
})
