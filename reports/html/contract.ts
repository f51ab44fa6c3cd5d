import type { DocumentedMember, Report, RuleResult } from '../../core/report'
import { zones } from '../../core/zone'
import { counted, shorten } from '../text'
import { results } from '../words'
import { breakable, filterLink, type Html, html, linkTo, silenceAnchor } from './html'

const longestPlace = 300

/** One member in the drawing, in the order of the document. */
interface Row {
  readonly place: string
  readonly name: string
  readonly depth: number
  readonly member?: DocumentedMember
}

/** Members and every place that a rule or a finding names besides them, each after its parent. */
function rows(members: readonly DocumentedMember[], places: readonly string[], root: readonly string[]): Row[] {
  const known = new Map(members.map((member) => [member.place, member]))
  const children = new Map<string, string[]>()
  const seen = new Set<string>()
  for (const place of [...known.keys(), ...places]) {
    const parts = place.split('.').slice(0, 24)
    for (let end = 1; end <= parts.length; end++) {
      const path = parts.slice(0, end).join('.')
      if (seen.has(path)) continue
      seen.add(path)
      const parent = parts.slice(0, end - 1).join('.')
      children.set(parent, [...(children.get(parent) ?? []), path])
    }
  }
  const walk = (place: string, depth: number): Row[] => [
    { place, name: place.split('.').at(-1)!, depth, member: known.get(place) },
    ...(children.get(place) ?? []).flatMap((child) => walk(child, depth + 1)),
  ]
  const top = children.get('') ?? []
  const ordered = [...root.filter((name) => top.includes(name)), ...top.filter((name) => !root.includes(name))]
  return ordered.flatMap((place) => walk(place, 0))
}

const marksShown = 8

/** The rules of one member in one zone: a square for each, and a link that lists them. */
function cell(place: string, zone: string, rules: readonly RuleResult[]): Html {
  if (rules.length === 0) return html`<td></td>`
  const tally = results
    .map((result) => ({ result, amount: rules.filter((rule) => rule.result === result).length }))
    .filter(({ amount }) => amount > 0)
  const squares = results.flatMap((result) =>
    rules.filter((rule) => rule.result === result).map(() => html`<i class="${result.replace(' ', '-')}"></i>`),
  )
  const words = tally.map(({ result, amount }) => `${amount} ${result}`).join(', ')
  const more = squares.length > marksShown && html`<span class="more" data-more="${String(squares.length - marksShown)}"></span>`
  return html`<td data-zone="${zone}"><a class="pill ${tally[0]!.result.replace(' ', '-')}" href="${filterLink('rules', { place, zone })}" title="${zone}: ${words}" aria-label="${place}, ${zone}: ${words}"><span aria-hidden="true">${squares.slice(0, marksShown)}${more}</span></a></td>`
}

function nameCell(row: Row): Html {
  const { member } = row
  const trait =
    member &&
    html`<span class="type">${shorten(member.type, 60)}${member.required && !row.place.startsWith('answer') && html` <b>mandatory</b>`}${member.cut && html` with members that are not shown`}</span>`
  return html`<th scope="row" class="d${Math.min(row.depth, 8)}"><span class="name">${breakable(shorten(row.name, longestPlace))}</span>${trait}</th>`
}

function requestTable(report: Report): Html {
  const rulesAt = new Map<string, RuleResult[]>()
  for (const rule of report.rules) rulesAt.set(rule.place, [...(rulesAt.get(rule.place) ?? []), rule])
  const asked = report.members.filter((member) => !member.place.startsWith('answer'))
  const silences = new Set(report.silences.map((silence) => silence.place))
  const all = rows(
    asked,
    [...rulesAt.keys()].filter((place) => !place.startsWith('answer')),
    ['request', 'method', 'path', 'query', 'header', 'cookie', 'body'],
  )
  const body = all.map((row) => {
    const rules = rulesAt.get(row.place) ?? []
    const cells = zones.map((zone) =>
      cell(
        row.place,
        zone,
        rules.filter((rule) => rule.zone === zone),
      ),
    )
    const place = shorten(row.place, longestPlace)
    const open =
      silences.has(row.place) &&
      html`<a class="pill silent" href="${linkTo(silenceAnchor(place))}" aria-label="${place}: the docs are silent"><span aria-hidden="true">silent</span></a>`
    return html`<tr>${nameCell(row)}${cells}<td>${open}</td></tr>`
  })
  return html`<table class="tree request"><caption>Request</caption><thead><tr><th scope="col">Member</th>${zones.map((zone) => html`<th scope="col">${zone}</th>`)}<th scope="col"><span class="visually-hidden">Where the docs are silent</span></th></tr></thead><tbody>${body}</tbody></table>`
}

/** How many answers were held to documented ones (`200`, `4XX`, `default`). */
const answers = ({ statistics }: Report, operation: string | undefined, statuses: readonly string[]): number =>
  (statistics.held ?? [])
    .filter((held) => (operation === undefined || held.operation === operation) && statuses.includes(held.status))
    .reduce((sum, held) => sum + held.answers, 0)

function state(report: Report, row: Row, silent: boolean, seen: number): Html {
  const hits = report.findings.filter((finding) => finding.answerPlace === row.place || finding.place === row.place)
  const place = shorten(row.place, longestPlace)
  const open =
    silent &&
    html` <a class="pill silent" href="${linkTo(silenceAnchor(place))}" aria-label="${place}: the docs are silent"><span aria-hidden="true">silent</span></a>`
  if (hits.length > 0)
    return html`<a class="pill broken" href="${filterLink('findings', { place })}" aria-label="${place}: ${counted(hits.length, 'finding')}"><span aria-hidden="true"><i class="broken"></i>${counted(hits.length, 'finding')}</span></a>${open}`
  if (!row.member) return html`${open}`
  if (seen === 0) return html`<span class="pill not-tested"><span><i class="not-tested"></i>not checked</span></span>${open}`
  return html`<span class="pill kept"><span><i class="kept"></i>kept</span></span>${open}`
}

function answerTable(report: Report): Html | false {
  const answered = report.members.filter((member) => member.place.startsWith('answer'))
  const places = report.findings.flatMap((finding) =>
    /^answer\.(body|header|status)/.test(finding.answerPlace) ? [finding.answerPlace] : [],
  )
  const silences = new Set(report.silences.map((silence) => silence.place))
  const statuses = [...new Set(answered.map((member) => member.statuses?.join(', ') ?? ''))]
  const named = new Set(answered.map((member) => member.place))
  const body = statuses.map((group) => {
    const members = answered.filter((member) => (member.statuses?.join(', ') ?? '') === group)
    const seen = answers(report, members[0]?.operation, members[0]?.statuses ?? [])
    const inside = rows(members, [], []).filter((row) => row.place !== 'answer')
    return html`<tbody><tr class="group"><th scope="rowgroup" colspan="2">${group || 'any status'} <span>${seen > 0 ? `${counted(seen, 'answer')} checked` : 'no answer checked'}</span></th></tr>${inside.map(
      (row) => html`<tr>${nameCell({ ...row, depth: row.depth - 1 })}<td>${state(report, row, silences.has(row.place), seen)}</td></tr>`,
    )}</tbody>`
  })
  const others = rows([], [...new Set(places)].filter((place) => !named.has(place)).slice(0, 40), []).filter((row) =>
    places.includes(row.place),
  )
  const rest =
    others.length > 0 &&
    html`<tbody><tr class="group"><th scope="rowgroup" colspan="2">${body.length > 0 ? 'Elsewhere in the answers' : 'Where it is broken'}</th></tr>${others.map(
      (row) =>
        html`<tr>${nameCell({ ...row, name: row.place.replace(/^answer\./, ''), depth: 0 })}<td>${state(report, row, false, 0)}</td></tr>`,
    )}</tbody>`
  if (body.length === 0 && !rest) return false
  return html`<table class="tree answer"><caption>Answer</caption><thead><tr><th scope="col">Member</th><th scope="col">State</th></tr></thead>${body}${rest}</table>`
}

/** The contract, drawn: each documented member with its rules in the three zones and their state, and what is known of each member of the answers. */
export function contractSection(report: Report): Html {
  const operations = [...new Set(report.rules.map((rule) => rule.operation))]
  const drawn = operations.slice(0, 60).map((operation, index) => {
    const part: Report = {
      ...report,
      rules: report.rules.filter((rule) => rule.operation === operation),
      members: report.members.filter((member) => member.operation === operation),
      findings: operations.length === 1 ? report.findings : report.findings.filter((finding) => finding.case?.operation === operation),
    }
    const tables = html`<div class="trees">${requestTable(part)}${answerTable(part)}</div>`
    return operations.length === 1
      ? tables
      : html`<details class="operation"${index === 0 && html` open`}><summary>${breakable(operation)}</summary>${tables}</details>`
  })
  const legend = html`<ul class="legend"><li><i class="kept"></i>kept</li><li><i class="broken"></i>broken</li><li><i class="not-tested"></i>not tested</li><li><i class="not-run"></i>not run</li><li><span class="pill silent">docs silent</span></li></ul>`
  return html`<section id="contract" aria-labelledby="contract-title"><div class="head"><h2 id="contract-title" tabindex="-1">The contract</h2><p>A square is a rule. Choose a cell to list its rules.</p>${legend}</div>${drawn}</section>`
}
