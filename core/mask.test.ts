import fc from 'fast-check'
import { createMask, masked } from './mask'

const unicode = (text: string) => text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
const json = (text: string) => JSON.stringify(text).slice(1, -1)
const base64 = (text: string) => Buffer.from(text).toString('base64')
const percent = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const references = (text: string) => text.replace(/[&<>"'/]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Ways in which servers write a text that they were sent. */
const writings: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  json,
  'json in json': (text) => json(json(text)),
  'json with \\/': (text) => json(text).replaceAll('/', '\\/'),
  'json in ASCII': (text) => unicode(json(text)),
  'json as Go writes it': (text) => json(text).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
  url: encodeURIComponent,
  'url, in lower case': (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'url twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'url, each byte': percent,
  form: (text) => new URLSearchParams({ t: text }).toString().slice(2),
  html: (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  'html, by number': references,
  hexadecimal: (text) => Buffer.from(text).toString('hex'),
  'hexadecimal, in capitals': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  base64,
  'base64 in a URL': (text) => encodeURIComponent(base64(text)),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 in lines': (text) => base64(text).replace(/.{16}/g, '$&\r\n'),
  'base64 of user and password': (text) => base64(`ci:${text}`),
  'base64 of a longer text': (text) => base64(`Token ${text} was refused`),
}

test('a secret beyond ASCII is replaced where its bytes were read one a character, as those of a header are', () => {
  const hide = createMask(['ci:p\u00e4ssw\u00f6rd-1234'])
  const header = Buffer.from('user ci:p\u00e4ssw\u00f6rd-1234 \u00e9').toString('latin1')
  expect(hide(header)).toBe(`user ${masked} ${Buffer.from('\u00e9').toString('latin1')}`)
})

const signs = fc.constantFrom(...'abcXYZ0189"\\/<>&+=%-_. :;\'é—𝒳')
const secrets = fc.string({ unit: signs, minLength: 6, maxLength: 40 }).filter((text) => /^\w{3}.*\w{3}$/.test(text))

test.each(Object.entries(writings))('a secret written as %s is replaced', (_, write) => {
  fc.assert(
    fc.property(secrets, (secret) => {
      const shown = createMask([secret])(`{"error":"<${write(secret)}>"}`)
      expect(shown).toContain(masked)
      expect(shown.startsWith('{"error":"<')).toBe(true)
      // Base64 shares its first and last digits with what stands beside the secret, and the rest is all gone.
      expect(shown.length).toBeLessThan(masked.length + write('Token  was refused').length + 24)
    }),
  )
})

test.each(['s3cr3tvalue', 's3cr3tvalue1', 's3cr3tvalue12'])('of %s in base64 no digit is left', (secret) => {
  const mask = createMask([secret])
  expect(mask(`"${base64(secret)}"`)).toBe(`"${masked}"`)
  expect(mask(`Basic ${base64(`ci:${secret}`)}.`)).toMatch(/^Basic Y2[k6]*\$PLUMBLINE_TOKEN\.$/)
})

test('other text is left as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: signs }), (text) => {
      expect(createMask(['a secret of some length'])(text)).toBe(text)
    }),
  )
})

test('of two secrets, one within the other, both are gone, and the list may grow', () => {
  const list = ['abc/def']
  const mask = createMask(list)
  expect(mask('abc\\/def 0abc/def0')).toBe(`${masked} 0abc/def0`.replace('abc/def', masked))
  list.push('0abc/def0')
  expect(mask('abc%2Fdef 0abc/def0')).toBe(`${masked} ${masked}`)
})

test('the beginning of a long secret is hidden too: of a text that was cut, and of a token that misses it nearly', () => {
  const secret = 'MIIF0/aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789'
  const mask = createMask([secret])
  expect(mask(`token ${secret.slice(0, 20)}…`)).toBe(`token ${masked}[part]…`)
  expect(mask(`${secret.slice(0, -1)}x ${secret}`)).toBe(`${masked}[part]x ${masked}`)
  expect(mask(encodeURIComponent(secret).slice(0, 30))).toBe(`${masked}[part]`)
  expect(mask('MIIF0/aBcDe is how many begin')).toBe('MIIF0/aBcDe is how many begin')
})

test('a token of thousands of characters is found, and a secret too short to be told from other text only alone', () => {
  const long = 'MIIF+/'.repeat(2000)
  expect(createMask([long])(JSON.stringify({ token: long.replaceAll('/', '%2f') }))).toBe(`{"token":"${masked}"}`)
  expect(createMask(['abc'])('abcabc')).toBe('abcabc')
  expect(createMask(['abc'])('abc')).toBe(masked)
  expect(createMask(['abc'])('Bearer abc')).toBe(`Bearer ${masked}`)
})
