import { execFileSync } from 'node:child_process'
import { createAkSk, sign } from './aksk'

// The example of the published signing guide.
const guide = { accessKey: 'QTWAOYTTINDUT2QVKYUC', secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc' }
const guideDate = new Date('2019-11-15T03:36:55Z')

test('signs the example of the published guide as it does', () => {
  const request = {
    method: 'GET',
    path: '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
    host: 'service.region.example.com',
  }
  expect(sign(request, guide, guideDate, [['Content-Type', 'application/json']])).toEqual([
    ['X-Sdk-Date', '20191115T033655Z'],
    [
      'Authorization',
      'SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
    ],
  ])
})

/** The signature by another program, from the canonical request as written by hand. */
function byOpenssl(canonical: string, date: string, secretKey: string): string {
  const digest =
    (...words: string[]) =>
    (input: string | Buffer) =>
      execFileSync('openssl', ['dgst', '-sha256', '-r', ...words], { input })
        .toString()
        .slice(0, 64)
  return digest('-hmac', secretKey)(`SDK-HMAC-SHA256\n${date}\n${digest()(canonical)}`)
}

test.each([
  ['a plain path', '/v2/meshes/a/workshops', '/v2/meshes/a/workshops/', ''],
  ['an encoded path, and a slash at its end', '/v2/a%20b/%c3%a9!*/', '/v2/a%20b/%C3%A9%21%2A/', ''],
  ['a stray percent', '/v2/100%/x', '/v2/100%25/x/', ''],
  ['a query that is not in order', '/?b=2&a=x%20y&a=1&c', '/', 'a=1&a=x%20y&b=2&c='],
])('signs %s as openssl does', (_, path, canonicalPath, query) => {
  const body = Buffer.from([0xff, 0x00, 0x7b, 0x22, 0x0a])
  const key = { accessKey: 'AK', secretKey: 'a secret', securityToken: 'temporary' }
  const bodyHash = execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: body }).toString().slice(0, 64)
  const canonical = `POST\n${canonicalPath}\n${query}\nhost:h:8443\nx-sdk-date:20260102T030405Z\nx-security-token:temporary\n\nhost;x-sdk-date;x-security-token\n${bodyHash}`
  const headers = sign({ method: 'POST', path, host: 'h:8443', body }, key, new Date('2026-01-02T03:04:05.678Z'))
  const signature = byOpenssl(canonical, '20260102T030405Z', key.secretKey)
  expect(headers).toEqual([
    ['X-Sdk-Date', '20260102T030405Z'],
    ['X-Security-Token', 'temporary'],
    ['Authorization', `SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date;x-security-token, Signature=${signature}`],
  ])
})

test('each request is signed anew, by the clock', async () => {
  let time = Date.parse('2026-01-01T00:00:00Z')
  const auth = createAkSk(guide, () => time)
  const request = { method: 'GET', path: '/', host: 'h' }
  const first = await auth.credential(request)
  time += 1000
  const second = await auth.credential(request)
  expect(second.headers[0]).toEqual(['X-Sdk-Date', '20260101T000001Z'])
  expect(second.headers[1]).not.toEqual(first.headers[1])
})
