import type { ReportDiff, RunSummary } from '../../core/diff'
import { shortCard } from '../html/findings'
import { breakable, type Html, html, linkTo } from '../html/html'
import { bob, foot, renderPage } from '../html/shell'
import { count, counted, shorten } from '../text'
import { headlineOf, parts, resultWords } from './words'

const most = 200
const longest = 600

function section(id: string, title: string, about: string, amount: number, content: Html): Html | false {
  if (amount === 0) return false
  const more = amount > most && html`<p class="note">${counted(amount - most, 'more')} in the JSON report.</p>`
  return html`<section id="${id}" aria-labelledby="${id}-title"><div class="head"><h2 id="${id}-title">${title} <span class="count">${count(amount)}</span></h2><p>${about}</p></div>${content}${more}</section>`
}

function run(name: string, { target, document, startedAt, seed, verdict, requests }: RunSummary): Html {
  const begun = shorten(startedAt, 60)
  return html`<div><dt>${name}</dt><dd><code>${breakable(shorten(target, longest))}</code><br><small>${shorten(document, longest)}</small><br><small>${verdict}; ${counted(requests, 'request')}, seed <code>${String(seed)}</code>, <time datetime="${begun}">${begun.replace('T', ' ').replace(/\.\d+Z$|Z$/, ' UTC')}</time></small></dd></div>`
}

/** What was, and what is. */
const change = (before: string, after: string): Html =>
  html`<dl><div><dt>Before</dt><dd>${shorten(before, longest)}</dd></div><div><dt>After</dt><dd>${shorten(after, longest)}</dd></div></dl>`

const sections = { behaviour: 'behaviour', rules: 'rules' } as const

function tiles(diff: ReportDiff): Html {
  const tile = (id: string, name: string, amount: number, tone: string | false) =>
    amount > 0 ? html`<li><a href="${linkTo(id)}"${tone && html` class="${tone}"`}><b>${count(amount)}</b> ${name}</a></li>` : html``
  return html`<ul class="tiles">${parts.map(({ of, title }) =>
    tile(of, title.toLowerCase(), diff[of].length, of === 'added' ? 'worse' : of === 'fixed' && 'better'),
  )}${tile(sections.behaviour, 'other behaviour', diff.behaviour.length, false)}${tile(sections.rules, 'rules with another result', diff.rules.length, false)}</ul>`
}

/** A comparison as one HTML file that needs neither network nor script, in the style of the report. */
export function renderDiffHtml(diff: ReportDiff): string {
  const headline = headlineOf(diff)
  const tone = diff.added.length > 0 ? 'bad' : 'good'
  const unchanged = parts.every(({ of }) => diff[of].length === 0) && diff.behaviour.length + diff.rules.length === 0
  const body = html`<header class="bar"><span class="logo">${bob}<span>Plumbline</span></span></header>
<div class="layout single"><main><section class="summary ${tone}" aria-labelledby="verdict"><div class="verdict"><span class="plumb">${bob}</span><div><p class="eyebrow">Two runs compared</p><h1 id="verdict">${headline}</h1></div></div>
<dl class="facts two">${run('Before', diff.before)}${run('After', diff.after)}</dl>${unchanged ? html`<p class="empty">Nothing changed, and there is no finding.</p>` : tiles(diff)}</section>
${parts.map(({ of, title, about }) => section(of, title, about, diff[of].length, html`${diff[of].slice(0, most).map(shortCard)}`))}
${section(
  sections.behaviour,
  'Other behaviour where the docs are silent',
  'Lawful, but whoever relies on it will notice.',
  diff.behaviour.length,
  html`<ul class="moved">${diff.behaviour
    .slice(0, most)
    .map(
      ({ place, question, before, after }) =>
        html`<li><code>${breakable(shorten(place, longest))}</code><h3>${shorten(question, longest)}</h3>${change(before, after)}</li>`,
    )}</ul>`,
)}
${section(
  sections.rules,
  'Rules with another result',
  'And rules that only one of the runs had.',
  diff.rules.length,
  html`<ul class="moved">${diff.rules
    .slice(0, most)
    .map(
      ({ id, promise, before, after }) =>
        html`<li><code>${breakable(shorten(id, longest))}</code><h3>${shorten(promise, longest)}</h3>${change(resultWords(before), resultWords(after))}</li>`,
    )}</ul>`,
)}</main></div>
${foot(diff.tool)}`
  return renderPage({ title: headline, tone, tool: diff.tool, body })
}
