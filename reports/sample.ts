import { severities } from '../core/finding'
import type { Report } from '../core/report'
import { digest } from '../core/seed'
import { findings } from './sampleFindings'
import { members, url } from './sampleMembers'
import { rules, untested } from './sampleRules'

const latencyBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

/** A report like that of a real run, for tests and for looking at: findings of each severity, some 130 rules, silences, notes. `change` replaces members of it. */
export function sampleReport(change: Partial<Report> = {}): Report {
  const all = findings()
  return {
    version: 1,
    tool: { name: 'plumbline-api', version: '0.1.0' },
    verdict: 'findings',
    exitCode: 1,
    seed: 1729384756,
    target: url,
    document: {
      title: 'One-click experience tasks',
      version: 'v2',
      file: 'specs/create-workshop.openapi.yaml',
      overlays: ['specs/create-workshop.overlay.yaml'],
      params: { mesh_id: '3f0c2c5e-8d1b-4c0e-9a57-2b6f1d9e4a10' },
    },
    startedAt: '2026-03-02T09:14:06.218Z',
    seconds: 11.4,
    requests: 2987,
    creations: 1204,
    command: `npx plumbline-api run --target ${url} --token "$PLUMBLINE_TOKEN" --seed 1729384756`,
    rules: rules(all),
    members: members(),
    findings: all,
    silences: silences(),
    notes: [
      { kind: 'unknown-member', message: 'Answers carry a member the docs do not list: status.phase.', count: 1204 },
      { kind: 'no-www-authenticate', message: 'A 401 answer has no WWW-Authenticate header (RFC 9110, 11.6.1).', count: 12 },
      { kind: 'no-allow', message: 'A 405 answer has no Allow header (RFC 9110, 10.2.1).', count: 18 },
    ],
    notTestable: [
      { place: 'header.Content-Type', reason: 'The docs give a range for it but leave the range empty.' },
      { place: 'answer.500', reason: 'An internal error cannot be provoked on purpose.' },
    ],
    statistics: {
      latencyBuckets,
      zones: [
        {
          zone: 'accept',
          requests: 1187,
          statuses: { 200: 1187 },
          latency: { p50: 0.0112, p95: 0.038, p99: 0.092, max: 0.231 },
          histogram: [0, 4, 96, 412, 438, 190, 34, 11, 2, 0, 0, 0, 0],
        },
        {
          zone: 'reject',
          requests: 1342,
          statuses: { 200: 60, 400: 1203, 401: 18, 404: 40, 405: 10, 422: 8, timeout: 3 },
          latency: { p50: 0.0031, p95: 0.0124, p99: 0.044, max: 10 },
          histogram: [38, 310, 620, 271, 66, 24, 8, 2, 0, 0, 0, 0, 3],
        },
        {
          zone: 'either',
          requests: 458,
          statuses: { 200: 188, 400: 255, 413: 6, 500: 9 },
          latency: { p50: 0.0068, p95: 0.051, p99: 0.187, max: 0.402 },
          histogram: [2, 41, 128, 139, 81, 42, 14, 8, 3, 0, 0, 0, 0],
        },
      ],
      held: [
        { operation: 'createWorkshop', status: '200', answers: 1187 },
        { operation: 'createWorkshop', status: '400', answers: 1203 },
      ],
      timeline: [312, 344, 338, 301, 322, 96, 40, 288, 341, 330, 275].map((requests, second) => ({
        second,
        requests,
        failures: [4, 12, 9, 3, 8, 1, 0, 11, 7, 5, 2][second]!,
      })),
    },
    ...change,
  }
}

function silences(): Report['silences'] {
  return [
    {
      place: 'body.spec.ingress.port',
      question: 'Which ports are allowed?',
      assumption: '1 to 65535',
      reason: 'A TCP port is a 16-bit number, and 0 is reserved.',
      observed: 'takes 0 and −1 as well; refuses from 65536',
    },
    {
      place: 'body.metadata.name',
      question: 'Which characters and lengths may a name have?',
      assumption: 'a DNS label in lower case, 1 to 63 characters',
      reason: 'The name becomes the name of a workload, which RFC 1123 binds.',
      observed: 'refuses names over 63 characters; takes upper case',
    },
    {
      place: 'body.spec.ingress.elbIp',
      question: 'IPv4, IPv6, or both?',
      assumption: 'an IPv4 address',
      reason: 'The load balancers of the service have IPv4 addresses.',
      observed: 'takes IPv6 too',
    },
    {
      place: 'body.description',
      question: 'How long may a description be?',
      assumption: '1 to 255 characters of letters, marks, numbers, punctuation, symbols and plain spaces',
      reason: 'The least that any honest implementation takes.',
      observed: 'takes up to 1,024 characters, then fails with 500',
    },
    {
      place: 'answer.body.metadata.creationTimestamp',
      question: 'Which form does a time have?',
      assumption: 'any of the usual ones',
      reason: 'The docs say "time", no more.',
      observed: 'RFC 3339 in UTC, whole seconds',
    },
    {
      place: 'header.X-Auth-Token',
      question: 'Is the token mandatory, or only where it is the means of authentication?',
      assumption: 'a request without one may be refused with any 4xx',
      reason: 'The page marks it mandatory, and says in the same row that it is needed only with a token.',
      observed: '401 without one; no answer to an empty one, at times',
    },
    {
      place: 'body.metadata',
      question: 'Are unknown members refused?',
      assumption: 'either is lawful',
      reason: 'The docs do not say.',
    },
  ]
}

/** A report of a run that found nothing. */
export function conformingReport(): Report {
  const { rules: all, statistics, ...rest } = sampleReport()
  const kept = all.map((result) =>
    result.result === 'broken' ? { ...result, result: 'kept' as const, findings: [], rulesOut: 0.06 } : result,
  )
  const timeline = statistics.timeline.map((second) => ({ ...second, failures: 0 }))
  return { ...rest, verdict: 'conforms', exitCode: 0, findings: [], rules: kept, statistics: { ...statistics, timeline } }
}

/** A report of a target that refused everything. */
export function unjudgedReport(): Report {
  const { rules: all, statistics, ...rest } = conformingReport()
  return {
    ...rest,
    statistics: { ...statistics, zones: statistics.zones.map((zone) => ({ ...zone, statuses: { 401: zone.requests } })) },
    verdict: 'not judged',
    exitCode: 3,
    reason:
      '2,411 of 2,411 valid requests were answered 401: the token is not valid for this mesh. Give one with --token, or in PLUMBLINE_TOKEN.',
    rules: all.map((result) => untested(result, 'every case was answered 401', 'not tested')),
  }
}

/** A report with `amount` findings of every severity, each with an id of its own. */
export function manyFindings(amount: number): Report {
  const base = findings()
  const all = Array.from({ length: amount }, (_, index) => {
    const one = base[index % base.length]!
    const id = digest(12, one.id, index)
    return { ...one, id, title: `${one.title} (${index + 1})`, replay: one.replay.replace(one.id, id) }
  })
  return sampleReport({ findings: all.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity)) })
}

/** A report that was held against a baseline: its findings are new, expired and known, others are fixed or were not looked for. */
export function baselinedReport(): Report {
  const entry = { reason: 'the gateway converts it; ticket MESH-812', owner: 'mesh-gateway', since: '2026-01-12' }
  const states = ['new', 'expired', 'known', 'known'] as const
  const standing = (state: (typeof states)[number]) =>
    state === 'new' ? { state } : { state, ...entry, expires: state === 'known' ? '2026-06-30' : '2026-02-28' }
  const all = findings().map((finding, index) => ({ ...finding, baseline: standing(states[index % states.length]!) }))
  const amount = (state: string) => all.filter(({ baseline }) => baseline.state === state).length
  const gone = { ...entry, expires: '2026-06-30' }
  return sampleReport({
    findings: all,
    baseline: {
      file: 'plumbline.baseline.yaml',
      new: amount('new'),
      known: amount('known'),
      expired: amount('expired'),
      fixed: [{ ...gone, id: '5c1d0f9a3e', title: 'description is cut at 64 characters', rule: 'body.description:maxLength' }],
      notSeen: [{ ...gone, id: '77aa01bc45', title: 'one answer in 200 is a 500', flaky: true }],
    },
  })
}
