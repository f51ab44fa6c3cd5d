import { type Json, valueAt } from '../../core/json'
import { type Member, requestMember } from '../members'
import type { Hooks } from '../stages'
import { broken, type Definition } from '../variant'
import { answer, answerAt, changeAt, isAssumed, isAt, overlook } from './tools'

const description = requestMember('description')
const name = requestMember('metadata.name')
const cluster = requestMember('spec.primaryCluster')
const elbId = requestMember('spec.ingress.elbId')
const elbIp = requestMember('spec.ingress.elbIp')
const port = requestMember('spec.ingress.port')
const image = requestMember('spec.ingress.imageAddress')

type Change = (text: string) => string | undefined

/** A member that comes back changed. */
function changes({ place, path, slug }: Member, how: string, change: Change): Definition {
  return {
    name: `${slug}-${how}`,
    promise: `${place} comes back as it was sent, not ${how.replaceAll('-', ' ')}`,
    finds: { place: `*${place.slice('body.'.length)}*` },
    hooks: answerAt(path, (value) => (typeof value === 'string' ? change(value) : value)),
  }
}

/** The same on a server that takes every value of the member's type: what it takes must still come back. */
function changesLoosely(member: Member, how: string, change: Change): Definition {
  const { hooks, ...rest } = changes(member, how, change)
  return { ...rest, hooks: { ...(hooks as Hooks), ...loosely(member) } }
}

const loosely = ({ place }: Member): Hooks => overlook((problem) => isAt(problem, place) && isAssumed(problem))

const cut =
  (length: number): Change =>
  (text) =>
    text.slice(0, length)
const upTo =
  (mark: RegExp): Change =>
  (text) =>
    text.slice(0, mark.test(text) ? text.search(mark) : text.length)

export const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const characters = Object.fromEntries(Object.entries(entities).map(([character, entity]) => [entity, character]))

function urlDecoded(text: string): string {
  return text.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

function cutBytes(length: number): Change {
  return (text) => {
    let cutText = text
    while (Buffer.byteLength(cutText) > length) cutText = [...cutText].slice(0, -1).join('')
    return cutText
  }
}

/** Texts that clients write with escapes, read as something else. */
const escapes = (how: string, pattern: RegExp, replacement: string): Definition => ({
  name: `description-with-${how}`,
  promise: 'body.description comes back as it was sent, however JSON escapes it',
  finds: { place: '*description*' },
  hooks: { decode: (next) => (body, call) => next(body, call).replace(pattern, replacement) },
})

/** What is filled in where nothing was sent is another request's. */
const filledIn: Definition = {
  name: 'description-of-the-first-that-has-one-filled-in',
  promise: 'body.description of one request is not in the answer to another, which sends none',
  finds: { place: '*description*' },
  hooks: () => {
    let first: Json | undefined
    return answer((task) => {
      const own = valueAt(task, description.path) as Json | undefined
      first ??= own
      return own === undefined && first !== undefined ? changeAt(task, description.path, () => first as Json) : task
    })
  },
}

/** Visible on values that every server must accept. */
const ofDescription: readonly Definition[] = [
  filledIn,
  escapes('escaped-letters-read-as-question-marks', /\\u00[c-f][\da-f]/gi, '?'),
  escapes('escapes-in-capitals-read-as-question-marks', /\\u00[\dA-F]*[A-F][\dA-F]*/g, '?'),
  escapes('escaped-markup-lost', /\\u00(26|3c|3e)/gi, ''),
  ...[32, 50, 60, 64, 100, 128, 200, 250, 254].map((length) => changes(description, `cut-at-${length}`, cut(length))),
  changes(description, 'cut-at-255-bytes', cutBytes(255)),
  changes(description, 'cut-at-255-units', cut(255)),
  changes(description, 'lost', () => undefined),
  changes(description, 'emptied', () => ''),
  changes(description, 'defaulted-over', () => 'One-click experience task'),
  changes(description, 'lower-cased', (text) => text.toLowerCase()),
  changes(description, 'upper-cased', (text) => text.toUpperCase()),
  changes(description, 'capitalised', (text) => text.charAt(0).toUpperCase() + text.slice(1)),
  changes(description, 'escaped-for-markup', (text) => text.replace(/[&<>"']/g, (character) => entities[character]!)),
  changes(description, 'unescaped-from-markup', (text) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => characters[entity]!)),
  changes(description, 'stripped-of-tags', (text) => text.replace(/<[^>]*>/g, '')),
  changes(description, 'stripped-of-angle-brackets', (text) => text.replace(/[<>]/g, '')),
  changes(description, 'decoded-from-url', urlDecoded),
  changes(description, 'encoded-for-url', (text) => encodeURIComponent(text.toWellFormed())),
  changes(description, 'with-plus-as-space', (text) => text.replaceAll('+', ' ')),
  changes(description, 'stripped-of-backslashes', (text) => text.replaceAll('\\', '')),
  changes(description, 'with-backslashes-doubled', (text) => text.replaceAll('\\', '\\\\')),
  changes(description, 'with-quotes-escaped', (text) => text.replace(/["']/g, '\\$&')),
  changes(description, 'with-quotes-doubled', (text) => text.replaceAll("'", "''")),
  changes(description, 'with-escapes-read-again', (text) =>
    text.replace(/\\n/g, '\n').replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  ),
  changes(description, 'with-templates-filled-in', (text) => text.replace(/\$\{\w*\}|\{\{\w*\}\}/g, '')),
  changes(description, 'with-percent-signs-read-as-formats', (text) => text.replace(/%[sdn]/g, 'null').replaceAll('%%', '%')),
  changes(description, 'composed', (text) => text.normalize('NFC')),
  changes(description, 'decomposed', (text) => text.normalize('NFD')),
  changes(description, 'compatibly-composed', (text) => text.normalize('NFKC')),
  changes(description, 'read-as-latin-1', (text) => Buffer.from(text).toString('latin1')),
  changes(description, 'stored-as-latin-1', (text) => text.replace(/[^\u0000-\u00ff]/gu, '?')),
  changes(description, 'stored-as-ascii', (text) => text.replace(/[^\u0000-\u007f]/gu, '?')),
  changes(description, 'cut-at-the-first-emoji', upTo(/[\ud800-\udbff]/)),
  changes(description, 'with-question-marks-for-astral-characters', (text) => text.replace(/[\u{10000}-\u{10ffff}]/gu, '?')),
  changes(description, 'with-replacement-characters-for-astral-characters', (text) => text.replace(/[\ud800-\udfff]/g, '\ufffd')),
  changes(description, 'with-astral-characters-cut-to-16-bits', (text) =>
    text.replace(/[\u{10000}-\u{10ffff}]/gu, (c) => String.fromCharCode(c.codePointAt(0)! & 0xffff)),
  ),
  changes(description, 'stripped-of-emoji', (text) => text.replace(/\p{Extended_Pictographic}/gu, '')),
  changes(description, 'with-question-marks-for-characters-of-unicode-12', (text) =>
    text.replace(/[\u{1fa70}-\u{1faff}\u{1f7e0}-\u{1f7eb}]/gu, '?'),
  ),
  changes(description, 'stripped-of-accents', (text) => text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC')),
  changes(description, 'stripped-of-combining-marks', (text) => text.replace(/\p{M}/gu, '')),
  changes(description, 'stripped-of-variation-selectors', (text) => text.replace(/[\ufe00-\ufe0f]/g, '')),
  changes(description, 'with-straight-quotes', (text) => text.replace(/[“”]/g, '"').replace(/[‘’]/g, "'")),
  changes(description, 'with-dots-as-an-ellipsis', (text) => text.replaceAll('...', '\u2026')),
  changes(description, 'with-hyphens-as-dashes', (text) => text.replaceAll('--', '\u2013')),
  changes(description, 'with-typographic-quotes', (text) => text.replace(/(?<=\p{L})'/gu, '\u2019')),
  changes(description, 'with-http-links-as-https', (text) => text.replaceAll('http://', 'https://')),
  changes(description, 'with-links-left-out', (text) => text.replace(/https?:\/\/\S+/gi, '[link]')),
  changes(description, 'with-links-without-their-query', (text) => text.replace(/(https?:\/\/[^\s?#]+)[?#][^\s,]*/gi, '$1')),
  changes(description, 'with-addresses-masked', (text) => text.replace(/[\w.+-]+@[\w-]+\.[\w.]+/g, '***')),
  changes(description, 'with-card-numbers-masked', (text) => text.replace(/\b(?:\d{4}[ -]?){3}\d{4}\b/g, '****')),
  changes(description, 'with-passwords-masked', (text) => text.replace(/(password|secret)(\s*[=:]\s*)[^\s&]+/gi, '$1$2***')),
  changes(description, 'with-markdown-read', (text) => text.replace(/\*\*([^*]+)\*\*/g, '$1').replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')),
  changes(description, 'with-emoji-for-their-names', (text) => text.replaceAll(':smile:', '😄')),
  changes(description, 'with-filtered-words', (text) => text.replace(/ass/gi, '***')),
  changes(description, 'with-spaces-collapsed', (text) => text.replace(/ +/g, ' ')),
  changes(description, 'without-spaces', (text) => text.replaceAll(' ', '')),
  changes(description, 'cut-at-the-first-quote', upTo(/["']/)),
  changes(description, 'cut-at-the-first-angle-bracket', upTo(/</)),
  changes(description, 'cut-at-the-first-hash', upTo(/#/)),
  changes(description, 'cut-at-the-first-semicolon', upTo(/;/)),
  changes(description, 'cut-at-the-first-ampersand', upTo(/&/)),
  changes(description, 'cut-at-the-first-space', upTo(/ /)),
  changes(description, 'lost-where-it-is-the-word-null', (text) => (text === 'null' ? undefined : text)),
  changes(description, 'with-leading-zeros-lost', (text) => (/^0\d+$/.test(text) ? String(Number(text)) : text)),
  changes(description, 'quoted', (text) => JSON.stringify(text)),
  changes(description, 'with-a-space-behind', (text) => `${text} `),
]

/** Visible on values that a server may take or refuse, where it takes them. */
const ofLooseDescription: readonly Definition[] = [
  changesLoosely(description, 'trimmed', (text) => text.trim()),
  changesLoosely(description, 'trimmed-on-the-left', (text) => text.trimStart()),
  changesLoosely(description, 'trimmed-on-the-right', (text) => text.trimEnd()),
  changesLoosely(description, 'with-line-ends-changed', (text) => text.replace(/\r\n?/g, '\n')),
  changesLoosely(description, 'with-line-ends-as-spaces', (text) => text.replace(/[\r\n]+/g, ' ')),
  changesLoosely(description, 'with-tabs-as-spaces', (text) => text.replaceAll('\t', ' ')),
  changesLoosely(description, 'cut-at-nul', upTo(/\u0000/)),
  changesLoosely(description, 'stripped-of-nul', (text) => text.replaceAll('\u0000', '')),
  changesLoosely(description, 'stripped-of-control-characters', (text) => text.replace(/[\u0000-\u001f\u007f]/g, '')),
  changesLoosely(description, 'stripped-of-zero-width-characters', (text) => text.replace(/[\u200b-\u200f\u2060\ufeff]/g, '')),
  changesLoosely(description, 'with-plain-spaces-for-others', (text) => text.replace(/[\u00a0\u2000-\u200a\u202f\u3000]/g, ' ')),
  changesLoosely(description, 'cut-at-1000', cut(1000)),
  changesLoosely(description, 'cut-at-4096', cut(4096)),
  changesLoosely(description, 'cut-at-65535', cut(65_535)),
  changesLoosely(description, 'lost-where-it-is-empty', (text) => (text === '' ? undefined : text)),
]

const ofOthers: readonly Definition[] = [
  ...[32, 50, 60, 62].map((length) => changes(name, `cut-at-${length}`, cut(length))),
  changes(name, 'upper-cased', (text) => text.toUpperCase()),
  changes(name, 'with-underscores', (text) => text.replaceAll('-', '_')),
  changes(name, 'with-hyphens-collapsed', (text) => text.replace(/-+/g, '-')),
  changes(name, 'stripped-of-hyphens', (text) => text.replaceAll('-', '')),
  changes(name, 'with-a-suffix', (text) => `${text}-x7f2k`),
  changes(name, 'stripped-of-leading-digits', (text) => text.replace(/^\d+(?=[a-z])/, '')),
  changes(name, 'stripped-of-trailing-digits', (text) => text.replace(/(?<=[a-z])\d+$/, '')),
  changes(name, 'lost-where-it-is-the-word-null', (text) => (text === 'null' ? undefined : text)),
  changesLoosely(name, 'lower-cased', (text) => text.toLowerCase()),
  changesLoosely(name, 'trimmed', (text) => text.trim()),
  changesLoosely(name, 'cut-at-63', cut(63)),
  changesLoosely(name, 'cut-at-255', cut(255)),
  changes(cluster, 'upper-cased', (text) => text.toUpperCase()),
  changes(cluster, 'stripped-of-hyphens', (text) => text.replaceAll('-', '')),
  changes(cluster, 'cut-at-32', cut(32)),
  changesLoosely(cluster, 'lower-cased', (text) => text.toLowerCase()),
  changesLoosely(cluster, 'trimmed', (text) => text.trim()),
  changes(elbId, 'in-braces', (text) => `{${text}}`),
  changes(elbId, 'upper-cased', (text) => text.toUpperCase()),
  changesLoosely(elbId, 'lower-cased', (text) => text.toLowerCase()),
  changesLoosely(elbId, 'cut-at-36', cut(36)),
  changes(elbIp, 'mapped-to-ipv6', (text) => `::ffff:${text}`),
  changes(elbIp, 'with-octets-reversed', (text) => text.split('.').reverse().join('.')),
  changes(elbIp, 'with-mask', (text) => `${text}/32`),
  changes(elbIp, 'cut-at-14', cut(14)),
  changes(elbIp, 'with-last-octet-zero', (text) => text.replace(/\d+$/, '0')),
  changesLoosely(elbIp, 'stripped-of-leading-zeros', (text) => text.replace(/\b0+(?=\d)/g, '')),
  changesLoosely(elbIp, 'trimmed', (text) => text.trim()),
  changes(image, 'lost', () => undefined),
  changes(image, 'defaulted-over', () => 'swr.example.com/asm/workshop:latest'),
  changes(image, 'with-latest', (text) => (/:[^/]+$/.test(text) ? text : `${text}:latest`)),
  changes(image, 'with-docker-io', (text) => (text.includes('/') ? text : `docker.io/library/${text}`)),
  changes(image, 'lower-cased', (text) => text.toLowerCase()),
  changes(image, 'stripped-of-its-tag', (text) => text.replace(/:[^/:@]+$/, '')),
  changes(image, 'stripped-of-its-digest', (text) => text.replace(/@sha256:.*$/, '')),
  changes(image, 'with-slashes-escaped', (text) => text.replaceAll('/', '%2F')),
  ...[64, 128, 200, 254].map((length) => changes(image, `cut-at-${length}`, cut(length))),
]

const portChanges: readonly [how: string, change: (n: number) => number | undefined, loose?: true][] = [
  ['wrapped-at-16-bits-with-sign', (n) => (n << 16) >> 16],
  ['wrapped-at-8-bits', (n) => n & 0xff],
  ['wrapped-at-8-bits-with-sign', (n) => (n << 24) >> 24],
  ['wrapped-at-15-bits', (n) => n & 0x7fff],
  ['with-bytes-swapped', (n) => ((n & 0xff) << 8) | (n >> 8)],
  ['always-8080', () => 8080],
  ['raised-from-below-1024', (n) => (n < 1024 ? 8080 : n)],
  ['off-by-one', (n) => n + 1],
  ['rounded-to-tens', (n) => Math.round(n / 10) * 10],
  ['lost-where-it-is-443', (n) => (n === 443 ? undefined : n)],
  ['wrapped-at-16-bits', (n) => Number(BigInt.asUintN(16, BigInt(n))), true],
  ['wrapped-at-32-bits', (n) => Number(BigInt.asIntN(32, BigInt(n))), true],
  ['clamped-to-its-range', (n) => Math.min(Math.max(n, 1), 65_535), true],
  ['stripped-of-its-sign', Math.abs, true],
  ['defaulted-over-where-it-is-0', (n) => (n === 0 ? 80 : n), true],
]

const ofPort = portChanges.map(([how, change, loose]) => ({
  name: `port-${how}`,
  promise: `${port.place} comes back as it was sent, not ${how.replaceAll('-', ' ')}`,
  finds: { place: '*spec.ingress.port*' },
  hooks: { ...answerAt(port.path, (value) => (typeof value === 'number' ? change(value) : value)), ...(loose ? loosely(port) : {}) },
}))

/** What was sent does not come back as it was sent. */
export const truth = broken('truth', [...ofDescription, ...ofLooseDescription, ...ofOthers, ...ofPort])
