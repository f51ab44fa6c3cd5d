import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect } from 'node:net'
import { UsageError } from '../core/errors'
import { caseOf, clientOf, listen, rawServer } from '../test/sockets'
import { createRoute } from './route'

/** For `localhost` and 127.0.0.1, valid from 2020 to 2120; it protects nothing. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgF3p0bjOaBDkn/kE2
Mu7KcMVjeQjTlUr0SF4BsqCrD2ahRANCAATJ+Ug9EZDVijfGzpvLRd3OWVnbhMRi
rWFb1GNtotn6QlNuCd38Cxr2uvzkKRnqKAcjKc9IkyiaxeB8gkp3RTGs
-----END PRIVATE KEY-----
`
const certificate = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMn5SD0RkNWKN8bO
m8tF3c5ZWduExGKtYVvUY22i2fpCU24J3fwLGva6/OQpGeooByMpz0iTKJrF4HyC
SndFMayjTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBS+t8iBzbeAhEICL4KI63RTzdYuVTAKBggqhkjOPQQD
AgNIADBFAiEAs6YfpRIK/Z40o1qOy5X0pGVGpS2nHTVbACiW/vWjPHECIHs+pgxy
jgUN5unkUcE2giPdpMc+KnbpWUXCwP//QBSU
-----END CERTIFICATE-----
`

const secureServer = async () => {
  const server = createHttps({ key, cert: certificate }, (_, response) => response.end('{}'))
  return listen(server)
}

/** A proxy that tunnels to where it is asked, or refuses with `status`. */
async function proxy(status = 200) {
  const asked: string[] = []
  const server = createHttp()
  server.on('connect', ({ url = '', headers }, socket) => {
    asked.push(`${url} ${headers['proxy-authorization'] ?? ''}`)
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const [host, port] = url.split(':')
    const onward = connect(Number(port), host).on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    return socket.pipe(onward).pipe(socket)
  })
  return { url: `http://127.0.0.1:${await listen(server)}`, asked }
}

describe('TLS', () => {
  test('an unknown certificate makes the target unreachable', async () => {
    const exchange = await clientOf(`https://127.0.0.1:${await secureServer()}`).send(caseOf(), 0)
    expect(exchange?.fault).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('certificate') })
  })

  test.each([{ insecure: true }, { ca: certificate }])('%o trusts it, and the connection is kept', async (tls) => {
    const client = clientOf(`https://localhost:${await secureServer()}`, { tls })
    const fresh = []
    for (let i = 0; i < 3; i++) fresh.push((await client.send(caseOf(), 0))?.freshConnection)
    expect(fresh).toEqual([true, false, false])
  })
})

describe('proxy', () => {
  test('an http target is asked for by its whole URL, over one connection', async () => {
    const server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'))
    const environment = { HTTP_PROXY: server.url.replace('//', '//user:p%40ss@') }
    const client = clientOf('http://api.example.com:8080/base', { environment })
    for (let i = 0; i < 2; i++) expect((await client.send(caseOf(), 0))?.answer?.status).toBe(200)
    const { head } = server.seen[1]!
    expect(head).toMatch(/^POST http:\/\/api\.example\.com:8080\/base\/things HTTP\/1\.1\r\nhost: api\.example\.com:8080\r\n/)
    expect(head).toContain(`proxy-authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}`)
    expect(server.connections()).toBe(1)
  })

  test('an https target is reached through a tunnel that is kept', async () => {
    const port = await secureServer()
    const { url, asked } = await proxy()
    const client = clientOf(`https://localhost:${port}`, {
      environment: { https_proxy: url.replace('//', '//u:p@') },
      tls: { ca: certificate },
    })
    for (let i = 0; i < 2; i++) expect((await client.send(caseOf(), 0))?.answer?.status).toBe(200)
    expect(asked).toEqual([`localhost:${port} Basic dTpw`])
  })

  test('a proxy that refuses makes the target unreachable', async () => {
    const { url } = await proxy(403)
    const exchange = await clientOf('https://api.example.com', { environment: { HTTPS_PROXY: url } }).send(caseOf(), 0)
    expect(exchange?.fault).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('403 to CONNECT api.example.com:443') })
  })

  test.each([
    ['', true],
    ['other.com, example.org', true],
    ['example.com:9999', true],
    ['ample.com', true],
    ['*', false],
    ['x,api.example.com', false],
    ['.example.com', false],
    ['*.EXAMPLE.com:8080', false],
    ['example.com', false],
  ])('NO_PROXY %j: by proxy %s', (noProxy, byProxy) => {
    const environment = { http_proxy: 'proxy:3128', NO_PROXY: noProxy }
    const { origin } = createRoute('http://api.example.com:8080', {}, environment)
    expect(origin).toBe(byProxy ? 'http://proxy:3128' : 'http://api.example.com:8080')
  })
})

test.each(['', 'localhost:80', 'ftp://x', 'http://'])('the target %j is wrong usage', (target) => {
  expect(() => createRoute(target, {}, {})).toThrow(UsageError)
})

test('a proxy of another kind is wrong usage', () => {
  expect(() => createRoute('http://x', {}, { HTTP_PROXY: 'socks5://y' })).toThrow(UsageError)
})
