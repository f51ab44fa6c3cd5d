import type { Owes } from '../../core/rule'
import { unsafeMethods } from '../../specs/unsafe'
import { draft, fixedRule, type Rule, type RuleKind, type Subject } from '../rule'

const anything: Owes = { success: 'allowed', clientError: 'any' }

/** The request line: other methods on the same URL, odd path parameters, a query that nobody asked for. */
export const target: RuleKind = (subject) => [
  ...methods(subject),
  ...subject.documented.parameters
    .filter((parameter) => parameter.in === 'path')
    .map((parameter) => path(subject, parameter.name, parameter.docs)),
  fixedRule(
    subject,
    'either',
    'query',
    'unknown',
    'a query that the docs do not name is ignored or refused',
    ['x', 'name', '__proto__', 'constructor', "' OR 1=1"].map((name) => draft({ at: ['query', name], set: '1' })),
    anything,
  ),
]

const safe = ['GET', 'HEAD', 'OPTIONS']
/** Methods of other standards, and one of none. */
const foreign = ['PROPFIND', 'LINK', 'PURGE', 'BREW']

function methods(subject: Subject): readonly Rule[] {
  const documented = new Set(subject.others.map((method) => method.toUpperCase()))
  const set = (method: string) => ({ at: ['method'], set: method })
  const bare = { at: ['body'], remove: true } as const
  const make = (method: string, zone: 'reject' | 'either', promise: string, owes: Owes) =>
    // TRACE must not carry a body (RFC 9110, section 9.3.8).
    fixedRule(
      subject,
      zone,
      'method',
      'method',
      promise,
      method === 'TRACE'
        ? [draft(set(method), bare), draft(set(method), bare)]
        : [draft(set(method)), draft(set(method)), draft(set(method), bare)],
      owes,
      method,
    )
  return [
    ...[...unsafeMethods.filter((m) => subject.tried.includes(m)), 'TRACE']
      .filter((m) => !documented.has(m))
      .map((m) =>
        make(m, 'reject', `the docs give this URL no ${m}: it is refused, and makes nothing`, { success: 'forbidden', clientError: 'any' }),
      ),
    ...safe
      .filter((m) => !documented.has(m))
      .map((m) => make(m, 'either', `${m} makes nothing (RFC 9110, safe methods)`, { success: 'harmless', clientError: 'any' })),
    ...foreign.map((m) =>
      make(m, 'either', `the docs give this URL no ${m}: it is refused, and makes nothing`, {
        success: 'harmless',
        clientError: 'any',
        also: [501],
        httpMayRefuse: true,
      }),
    ),
  ]
}

/** Raw path segments that routers, decoders and file systems take in their own way. */
const segments = [
  '%00',
  'a%00b',
  '%2F',
  'a%2Fb',
  '%2e%2e%2f%2e%2e%2f',
  '..%2f..',
  '%2e%2e',
  '%',
  '%zz',
  '%E0%A4%A',
  '%ff%fe',
  '%c0%af',
  '%25',
  ':80',
  'a:65536',
  '%23',
  '%3F',
  '/',
  '//',
  '%2500',
  '%0d%0aX-Injected:%20yes',
  '%20',
  '%09',
  "'",
  '%22',
  '%3Cscript%3E',
  '%5C',
  ';x=1',
  'a;b',
  '*',
  '~',
  '-',
  '0',
  '-1',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '%F0%9F%98%80',
  '%E2%80%AE',
  '%7B%7B7*7%7D%7D',
  '$%7B7*7%7D',
  '%27%20OR%20%271%27=%271',
  'A'.repeat(300),
  'x'.repeat(5000),
  '%41'.repeat(500),
  '1e999',
  '[]',
  '()',
  '!',
  '@',
  '+',
  ',',
  '=',
  '&',
  '$',
  '.',
  '..',
  '',
]

function path(subject: Subject, name: string, docs: Rule['docs']): Rule {
  const given = subject.model.params[name] ?? ''
  const values = [...segments, given.toUpperCase(), `${given}x`, `${given}%20`].filter((segment) => segment !== given)
  return {
    ...fixedRule(
      subject,
      'either',
      `path.${name}`,
      'odd',
      `an odd ${name} in the path is taken or refused, and nothing breaks`,
      values.map((raw) => draft({ at: ['path', name], raw })),
      // A router may send an odd path to its plain form (RFC 9110, 15.4).
      { ...anything, httpMayRefuse: true, also: [301, 302, 307, 308] },
    ),
    ...(docs ? { docs } : {}),
  }
}
