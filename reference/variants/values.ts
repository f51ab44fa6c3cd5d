import { valueAt } from '../../core/json'
import { requestMember } from '../members'
import { broken, type Definition } from '../variant'
import { answerAt, refuseWhen } from './tools'

const description = requestMember('description')
const name = requestMember('metadata.name')
const cluster = requestMember('spec.primaryCluster')
const elbId = requestMember('spec.ingress.elbId')
const elbIp = requestMember('spec.ingress.elbIp')
const port = requestMember('spec.ingress.port')
const image = requestMember('spec.ingress.imageAddress')

type Refused = readonly [name: string, what: string, test: (value: never) => boolean]

const ports: readonly Refused[] = [
  ['port-1', 'the port 1', (n: number) => n === 1],
  ['port-22', 'the port 22', (n: number) => n === 22],
  ['port-80', 'the port 80', (n: number) => n === 80],
  ['port-443', 'the port 443', (n: number) => n === 443],
  ['port-8080', 'the port 8080', (n: number) => n === 8080],
  ['port-8443', 'the port 8443', (n: number) => n === 8443],
  ['port-3306', 'the port 3306', (n: number) => n === 3306],
  ['port-65535', 'the port 65535', (n: number) => n === 65_535],
  ['ports-below-1024', 'every port below 1024', (n: number) => n < 1024],
  ['ports-above-32767', 'every port above 32767', (n: number) => n > 32_767],
  ['ports-above-49151', 'every port above 49151', (n: number) => n > 49_151],
  ['port-256', 'the port 256', (n: number) => n === 256],
  ['port-32768', 'the port 32768', (n: number) => n === 32_768],
  ['ports-in-node-range', 'every port from 30000 to 32767', (n: number) => n >= 30_000 && n <= 32_767],
]

const names: readonly Refused[] = [
  ['names-of-one-character', 'a name of one character', (text: string) => text.length === 1],
  ['names-of-two-characters', 'a name of two characters', (text: string) => text.length === 2],
  ['names-of-63-characters', 'a name of 63 characters', (text: string) => text.length === 63],
  ['names-above-32-characters', 'a name of more than 32 characters', (text: string) => text.length > 32],
  ['names-above-50-characters', 'a name of more than 50 characters', (text: string) => text.length > 50],
  ['names-above-62-characters', 'a name of more than 62 characters', (text: string) => text.length > 62],
  ['names-with-leading-digit', 'a name that begins with a digit', (text: string) => /^\d/.test(text)],
  ['names-with-trailing-digit', 'a name that ends with a digit', (text: string) => /\d$/.test(text)],
  ['names-with-hyphen', 'a name with a hyphen', (text: string) => text.includes('-')],
  ['names-with-double-hyphen', 'a name with two hyphens in a row', (text: string) => text.includes('--')],
  ['names-of-digits', 'a name of digits alone', (text: string) => /^\d+$/.test(text)],
  ['names-of-letters', 'a name of letters alone', (text: string) => /^[a-z]+$/.test(text)],
]

const ids = (slug: string): readonly Refused[] => [
  [`nil-${slug}`, 'the nil UUID', (text: string) => /^[0-]+$/.test(text)],
  [`max-${slug}`, 'the UUID of f alone', (text: string) => /^[f-]+$/.test(text)],
  [`${slug}-beside-version-4`, 'a UUID of another version than 4', (text: string) => text[14] !== '4'],
  [`${slug}-with-leading-zero`, 'a UUID that begins with 0', (text: string) => text.startsWith('0')],
]

const addresses: readonly Refused[] = [
  ['address-0-0-0-0', 'the address 0.0.0.0', (text: string) => text === '0.0.0.0'],
  ['address-255-255-255-255', 'the address 255.255.255.255', (text: string) => text === '255.255.255.255'],
  ['loopback-addresses', 'the loopback address', (text: string) => text.startsWith('127.')],
  ['link-local-addresses', 'a link-local address', (text: string) => text.startsWith('169.254.')],
  ['addresses-of-10', 'an address of 10.0.0.0/8', (text: string) => text.startsWith('10.')],
  ['addresses-of-192-168', 'an address of 192.168.0.0/16', (text: string) => text.startsWith('192.168.')],
  ['addresses-of-172-16', 'an address of 172.16.0.0/12', (text: string) => /^172\.(1[6-9]|2\d|3[01])\./.test(text)],
  ['multicast-addresses', 'a multicast address', (text: string) => Number.parseInt(text, 10) >= 224 && Number.parseInt(text, 10) < 240],
  [
    'public-addresses',
    'a public address',
    (text: string) => !/^(10|127|0|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|2[2-5]\d)\./.test(text),
  ],
  ['addresses-that-end-in-0', 'an address whose last octet is 0', (text: string) => text.endsWith('.0')],
  ['addresses-that-end-in-255', 'an address whose last octet is 255', (text: string) => text.endsWith('.255')],
]

const images: readonly Refused[] = [
  ['images-without-tag', 'an image without a tag', (text: string) => !/:[^/]+$/.test(text)],
  ['images-with-tag', 'an image with a tag', (text: string) => /:[^/]+$/.test(text) && !text.includes('@')],
  ['images-with-digest', 'an image with a digest', (text: string) => text.includes('@sha256:')],
  ['images-without-registry', 'an image without a registry', (text: string) => !/^[^/]*[.:][^/]*\/|^localhost\//.test(text)],
  ['images-with-registry-port', 'an image of a registry with a port', (text: string) => /^[^/]*:\d+\//.test(text)],
  ['images-with-deep-path', 'an image with several path segments', (text: string) => text.split('/').length > 3],
  ['images-with-capital-tag', 'an image whose tag has capitals', (text: string) => /:[^/@]*[A-Z]/.test(text.split('@')[0]!)],
  ['images-with-underscore', 'an image with an underscore', (text: string) => text.includes('_')],
]

const units = (text: string): number => text.length
const points = (text: string): number => [...text].length

const descriptions: readonly Refused[] = [
  ['descriptions-of-one-character', 'a description of one character', (text: string) => points(text) === 1],
  ['descriptions-of-255-characters', 'a description of 255 characters', (text: string) => points(text) === 255],
  ['descriptions-above-254-characters', 'a description of more than 254 characters', (text: string) => points(text) > 254],
  ['descriptions-above-250-characters', 'a description of more than 250 characters', (text: string) => points(text) > 250],
  ['descriptions-above-200-characters', 'a description of more than 200 characters', (text: string) => points(text) > 200],
  ['descriptions-above-128-characters', 'a description of more than 128 characters', (text: string) => points(text) > 128],
  ['descriptions-above-64-characters', 'a description of more than 64 characters', (text: string) => points(text) > 64],
  [
    'descriptions-above-255-units',
    'a description of 255 characters that are more than 255 UTF-16 units',
    (text: string) => units(text) > 255,
  ],
  [
    'descriptions-above-255-bytes',
    'a description of 255 characters that are more than 255 bytes',
    (text: string) => Buffer.byteLength(text) > 255,
  ],
  [
    'descriptions-above-765-bytes',
    'a description of 255 characters that are more than 765 bytes',
    (text: string) => Buffer.byteLength(text) > 765,
  ],
  ['descriptions-with-emoji', 'a description with an emoji', (text: string) => /\p{Extended_Pictographic}/u.test(text)],
  ['descriptions-beyond-ascii', 'a description beyond ASCII', (text: string) => /[^ -~]/.test(text)],
  ['descriptions-beyond-latin-1', 'a description beyond Latin-1', (text: string) => /[^\u0000-\u00ff]/.test(text)],
  ['descriptions-beyond-basic-plane', 'a description beyond the basic plane', (text: string) => /[\u{10000}-\u{10ffff}]/u.test(text)],
  ['descriptions-with-combining-marks', 'a description with a combining mark', (text: string) => /\p{M}/u.test(text)],
  ['descriptions-with-right-to-left', 'a description in Hebrew or Arabic', (text: string) => /[\u0590-\u06ff]/.test(text)],
  ['descriptions-in-han', 'a description in Chinese', (text: string) => /\p{Script=Han}/u.test(text)],
  ['descriptions-with-quote', 'a description with a double quote', (text: string) => text.includes('"')],
  ['descriptions-with-apostrophe', 'a description with an apostrophe', (text: string) => text.includes("'")],
  ['descriptions-with-backslash', 'a description with a backslash', (text: string) => text.includes('\\')],
  ['descriptions-with-markup', 'a description with < or >', (text: string) => /[<>]/.test(text)],
  ['descriptions-with-ampersand', 'a description with an ampersand', (text: string) => text.includes('&')],
  ['descriptions-with-percent', 'a description with a percent sign', (text: string) => text.includes('%')],
  ['descriptions-with-dollar', 'a description with a dollar sign', (text: string) => text.includes('$')],
  ['descriptions-with-backtick', 'a description with a backtick', (text: string) => text.includes('`')],
  ['descriptions-with-space', 'a description with a space', (text: string) => text.includes(' ')],
  ['descriptions-with-slash', 'a description with a slash', (text: string) => text.includes('/')],
  ['descriptions-with-leading-symbol', 'a description that begins with no letter or digit', (text: string) => !/^[\p{L}\p{N}]/u.test(text)],
  ['descriptions-with-trailing-symbol', 'a description that ends with no letter or digit', (text: string) => !/[\p{L}\p{N}]$/u.test(text)],
  ['descriptions-with-leading-digit', 'a description that begins with a digit', (text: string) => /^\d/.test(text)],
  ['descriptions-with-capitals', 'a description with a capital letter', (text: string) => /[A-Z]/.test(text)],
  ['descriptions-of-digits', 'a description of digits alone', (text: string) => /^[1-9]\d*$/.test(text)],
  ['descriptions-of-other-digits', 'a description of Arabic digits alone', (text: string) => /^[\u0660-\u0669]+$/.test(text)],
  ['descriptions-like-dates', 'a description that is a date', (text: string) => /^\d{4}-\d\d-\d\d$/.test(text)],
]

const tables: readonly (readonly [typeof name, readonly Refused[]])[] = [
  [port, ports],
  [name, names],
  [cluster, ids('cluster')],
  [elbId, ids('elb')],
  [elbIp, addresses],
  [image, images],
  [description, descriptions],
]

const refused: readonly Definition[] = tables.flatMap(([{ place, path, type }, rows]) =>
  rows.map(([slug, what, test]) => ({
    name: `${slug}-refused`,
    promise: `${place} takes every ordinary value, also ${what}`,
    finds: { place: `${place}*` },
    hooks: refuseWhen(place, (value) => {
      const sent = valueAt(value, path)
      return typeof sent === (type === 'integer' ? 'number' : 'string') && test(sent as never)
    }),
  })),
)

/** Rare values that are accepted but come back as something else. */
const changed: readonly Definition[] = [
  {
    name: 'port-65535-answered-as-minus-1',
    promise: `${port.place} comes back as it was sent, also 65535`,
    finds: { place: '*ingress.port*' },
    hooks: answerAt(port.path, (value) => (value === 65_535 ? -1 : value)),
  },
  {
    name: 'port-80-left-out',
    promise: `${port.place} comes back as it was sent, also 80`,
    finds: { place: '*ingress.port*' },
    hooks: answerAt(port.path, (value) => (value === 80 ? undefined : value)),
  },
  {
    name: 'names-of-digits-lose-zeros',
    promise: `${name.place} comes back as it was sent, also a name of digits`,
    finds: { place: '*metadata.name*' },
    hooks: answerAt(name.path, (value) => (/^\d+$/.test(String(value)) ? String(Number(value)) : value)),
  },
  {
    name: 'names-like-exponents-become-numbers',
    promise: `${name.place} comes back as it was sent, also a name that a lax conversion reads as a number`,
    finds: { place: '*metadata.name*' },
    hooks: answerAt(name.path, (value) => (Number.isNaN(Number(value)) ? value : String(Number(value)))),
  },
  {
    name: 'descriptions-cut-at-comments',
    promise: `${description.place} comes back as it was sent, also with a sign that begins a comment in YAML`,
    finds: { place: '*description*' },
    hooks: answerAt(description.path, (value) => String(value).replace(/^([a-z]) #.*/, '$1')),
  },
  {
    name: 'nil-elb-left-out',
    promise: `${elbId.place} comes back as it was sent, also the nil UUID`,
    finds: { place: '*ingress.elbId*' },
    hooks: answerAt(elbId.path, (value) => (/^[0-]+$/.test(String(value)) ? undefined : value)),
  },
  {
    name: 'octets-above-127-wrap',
    promise: `${elbIp.place} comes back as it was sent, also with octets above 127`,
    finds: { place: '*ingress.elbIp*' },
    hooks: answerAt(elbIp.path, (value) =>
      String(value)
        .split('.')
        .map((octet) => (Number(octet) > 127 ? Number(octet) - 256 : octet))
        .join('.'),
    ),
  },
  {
    name: 'address-0-0-0-0-left-out',
    promise: `${elbIp.place} comes back as it was sent, also 0.0.0.0`,
    finds: { place: '*ingress.elbIp*' },
    hooks: answerAt(elbIp.path, (value) => (value === '0.0.0.0' ? undefined : value)),
  },
]

/** Rare values of the assumed document that are refused or changed. */
export const values = broken('values', [...refused, ...changed])
