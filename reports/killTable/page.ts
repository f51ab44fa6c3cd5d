import { type KillRow, killSummary } from '../../core/kill'
import type { Report } from '../../core/report'
import { breakable, type Html, html, linkTo } from '../html/html'
import { bob, foot, renderPage } from '../html/shell'
import { count, counted, duration, shorten } from '../text'

const longest = 300

/** The groups of rows, those that need a reader first. */
const groups: readonly {
  readonly id: string
  readonly title: string
  readonly about: string
  readonly holds: (row: KillRow) => boolean
}[] = [
  {
    id: 'missed',
    title: 'Missed',
    about: 'Broken servers in which nothing was found.',
    holds: ({ kind, right }) => kind === 'broken' && !right,
  },
  {
    id: 'false-alarms',
    title: 'False alarms',
    about: 'Lawful servers that did not pass.',
    holds: ({ kind, right }) => kind === 'lawful' && !right,
  },
  {
    id: 'found',
    title: 'Found',
    about: 'Broken servers, with the first finding, and how soon its failure was seen.',
    holds: ({ kind, right }) => kind === 'broken' && right,
  },
  {
    id: 'left-alone',
    title: 'Left alone',
    about: 'Lawful servers that passed.',
    holds: ({ kind, right }) => kind === 'lawful' && right,
  },
]

function told(row: KillRow): Html {
  const [first] = row.findings
  const more = row.findings.length > 1 && html` <span class="reason">and ${counted(row.findings.length - 1, 'more finding')}</span>`
  if (!first) return html`${shorten(row.reason ?? (row.right ? 'nothing' : `verdict: ${row.verdict}`), longest)}`
  const other = row.named === false && html` <span class="reason">under another name than its own</span>`
  return html`<code>${breakable(shorten(first.rule ?? first.check, longest))}</code><small>${shorten(first.title, longest)}</small>${other}${more}`
}

const number = (value: string | undefined, unit: string): Html =>
  html`<td role="cell" class="number">${value !== undefined && html`${value}<span class="unit"> ${unit}</span>`}</td>`

const row = (
  of: KillRow,
): Html => html`<tr role="row"><th scope="row" role="rowheader"><code>${breakable(of.variant)}</code><small>${shorten(of.promise, longest)}</small></th>
<td role="cell" class="told">${told(of)}</td>${number(count(of.seed), 'seed')}${number(of.firstRequest === undefined ? undefined : count(of.firstRequest), 'requests to the first failure')}${number(of.firstSeconds === undefined ? undefined : duration(of.firstSeconds), 'to the first failure')}${number(count(of.requests), 'requests')}${number(duration(of.seconds), 'in all')}</tr>`

function table(rows: readonly KillRow[], label: string): Html {
  const heads = ['Variant', 'First finding', 'Seed', 'First seen', 'after', 'Requests', 'Run'].map(
    (name, index) => html`<th scope="col" role="columnheader"${index > 1 && html` class="number"`}>${name}</th>`,
  )
  return html`<table class="kills" role="table" aria-label="${label}"><thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">${rows.map(row)}</tbody></table>`
}

/**
 * The kill table as one HTML file, in the style of the report: each variant of the reference server with each seed, whether it was found,
 * by which rule, and how soon. It needs neither network nor script.
 */
export function renderKillTable(rows: readonly KillRow[], tool: Report['tool']): string {
  const { broken, found, falseAlarms, lawful, otherName, toldOften, firstRequest, firstSeconds } = killSummary(rows)
  const isGood = found === broken && falseAlarms === 0
  const parts = [
    ...(broken > 0 ? [`${count(found)} of ${counted(broken, 'broken server')} found`] : []),
    ...(lawful > 0 ? [`${counted(falseAlarms, 'false alarm')} at ${counted(lawful, 'lawful server')}`] : []),
  ]
  const title = parts.join(', ') || 'No runs'
  const seeds = [...new Set(rows.map(({ seed }) => seed))]
  const requests = rows.reduce((sum, row) => sum + row.requests, 0)
  const sentence = `${counted(rows.length, 'run')} with ${counted(seeds.length, 'seed')}, ${counted(requests, 'request')}.`
  const figure = (value: string, name: string, tone: string, link?: string) =>
    html`<li>${link === undefined ? html`<span${tone !== '' && html` class="${tone}"`}><b>${value}</b> ${name}</span>` : html`<a href="${linkTo(link)}"${tone !== '' && html` class="${tone}"`}><b>${value}</b> ${name}</a>`}</li>`
  const used = new Map(groups.map((group) => [group.id, rows.filter(group.holds)]))
  const linkOf = (id: string) => (used.get(id)?.length ? id : undefined)
  const tiles = html`<ul class="tiles">
${broken > 0 && figure(count(broken - found), 'missed', broken > found ? 'worse' : 'better', linkOf('missed'))}
${lawful > 0 && figure(count(falseAlarms), 'false alarms', falseAlarms > 0 ? 'worse' : 'better', linkOf('false-alarms'))}
${firstRequest !== undefined && figure(count(firstRequest), 'requests to the first failure, in the median', '')}
${firstSeconds !== undefined && figure(duration(firstSeconds), 'to the first failure, in the median', '')}
${broken > 0 && figure(count(otherName), 'found under another name than their own', '')}
${broken > 0 && figure(count(toldOften), 'told in more than two findings', '')}</ul>`
  const sections = groups.flatMap((group) => {
    const inside = used.get(group.id) ?? []
    if (inside.length === 0) return []
    return [
      html`<section id="${group.id}" aria-labelledby="${group.id}-title"><div class="head"><h2 id="${group.id}-title">${group.title} <span class="count">${count(inside.length)}</span></h2><p>${group.about}</p></div>${table(inside, group.title)}</section>`,
    ]
  })
  const body = html`<header class="bar"><span class="logo">${bob}<span>Plumbline</span></span></header>
<div class="layout single"><main><section class="summary ${isGood ? 'good' : 'bad'}" aria-labelledby="verdict"><div class="verdict"><span class="plumb">${bob}</span><div><p class="eyebrow">The suite, tested by broken and lawful servers</p><h1 id="verdict">${title}</h1><p class="sentence">${sentence}</p></div></div>${tiles}</section>
${sections}</main></div>
${foot(tool)}`
  return renderPage({ title, tone: isGood ? 'good' : 'bad', tool, body })
}
