import type { Report } from '../../core/report'
import { count, counted, duration, shorten } from '../text'
import { byZone, results, verdictWords, zoneMeaning } from '../words'
import { trafficSection } from './charts'
import { client } from './client'
import { contractSection } from './contract'
import { findingsSection } from './findings'
import { breakable, code, copyButton, filterLink, type Html, html } from './html'
import { rulesSection } from './rules'
import { bob, foot, renderPage, type Tone } from './shell'
import { notesSection, silencesSection } from './silences'

const longest = 1000

function toneOf({ verdict, exitCode }: Report): Tone {
  if (verdict === 'conforms') return 'good'
  return verdict === 'findings' && exitCode !== 0 ? 'bad' : 'unsure'
}

const eyebrow: Readonly<Record<Report['verdict'], string>> = {
  conforms: 'Conforms',
  findings: 'Does not conform',
  'not judged': 'Not judged',
}

function startedAt({ startedAt }: Report): Html {
  const text = shorten(startedAt, 60)
  return html`<time datetime="${text}">${text.replace('T', ' ').replace(/\.\d+Z$|Z$/, ' UTC')}</time>`
}

function facts(report: Report): Html {
  const fact = (name: string, value: Html | string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`
  const { document } = report
  const params = Object.entries(document.params)
    .slice(0, 20)
    .map(([name, value]) => html`<br><small><code>${shorten(name, 100)}</code> = <code>${breakable(shorten(value, 200))}</code></small>`)
  const target = html`<code>${breakable(shorten(report.target, longest))}</code>${report.embedded !== undefined && html`<br><small>the embedded server, ${shorten(report.embedded, 100)}</small>`}${params}`
  const overlays = document.overlays
    .slice(0, 20)
    .map((overlay) => html`<br><small>with <code>${breakable(shorten(overlay, 300))}</code></small>`)
  return html`<dl class="facts">${fact('Target', target)}
${fact('Document', html`${shorten(document.title, 200)} ${shorten(document.version, 60)}<br><small><code>${breakable(shorten(document.file, 300))}</code></small>${overlays}`)}
${fact('Run', html`${duration(report.seconds)}, ${counted(report.requests, 'request')}<br><small>${counted(report.creations, 'creation')}</small><br><small>${startedAt(report)}</small>`)}
${fact('Seed', html`<code>${String(report.seed)}</code>`)}</dl>`
}

/** Rules by zone, as a bar of results with the figures beside it. */
function zoneCards(report: Report): Html {
  const cards = byZone(report.rules).map(({ zone, rules, cases, results: tally }) => {
    let at = 0
    const bars = [...results].reverse().map((result) => {
      const share = (tally[result] / rules) * 1000
      const bar =
        tally[result] > 0 &&
        html`<rect class="${result.replace(' ', '-')}" x="${at.toFixed(1)}" width="${Math.max(share - 4, 2).toFixed(1)}" height="10"/>`
      at += share
      return bar
    })
    const words = [...results]
      .reverse()
      .flatMap((result) =>
        tally[result] > 0
          ? [
              html`<li><a href="${filterLink('rules', { zone, result })}"><i class="${result.replace(' ', '-')}"></i><b>${count(tally[result])}</b> ${result}</a></li>`,
            ]
          : [],
      )
    return html`<li class="zone-card"><h2><span class="zone-name ${zone}">${zone}</span> <small>${counted(rules, 'rule')}, ${counted(cases, 'case')}</small></h2><svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${bars}</svg><ul>${words}</ul><p>${zoneMeaning[zone]}</p></li>`
  })
  return html`<ul class="zone-cards">${cards}</ul>`
}

function summary(report: Report): Html {
  const { headline, sentence } = verdictWords(report)
  return html`<section id="summary" class="summary ${toneOf(report)}" aria-labelledby="verdict"><div class="verdict"><span class="plumb">${bob}</span><div><p class="eyebrow">${eyebrow[report.verdict]}${report.verdict === 'findings' && report.exitCode === 0 && ', but passes'}</p><h1 id="verdict">${headline}</h1><p class="sentence">${sentence}</p>${report.reason !== undefined && html`<p class="reason">${shorten(report.reason, longest)}</p>`}</div></div>
${facts(report)}
<div class="command repeat"><div class="label"><b>Repeat this run</b>${copyButton(report.command, 'the command that repeats this run')}</div><pre><code>${code(shorten(report.command, 4096))}</code></pre></div>
${zoneCards(report)}</section>`
}

function navigation(report: Report): Html {
  const link = (id: string, name: string, kind?: string, amount?: number) =>
    html`<li><a href="#${id}">${name}${kind !== undefined && html` <span class="count" data-count="${kind}">${count(amount ?? 0)}</span>`}</a></li>`
  return html`<nav aria-label="Sections"><ul>${link('summary', 'Summary')}${link('findings', 'Findings', 'finding', report.findings.length)}${link('contract', 'The contract')}${link('rules', 'Rules', 'rule', report.rules.length)}${link('traffic', 'Traffic')}${link('silences', 'What the docs do not say', 'silence', report.silences.length)}${link('notes', 'Notes')}</ul></nav>`
}

const bar = html`<header class="bar"><a class="logo" href="#summary">${bob}<span>Plumbline</span></a>
<form role="search" class="needs-script"><label class="visually-hidden" for="search">Search findings, rules and silences</label><input id="search" type="search" placeholder="Search" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></form>
<div class="tools needs-script"><button type="button" class="quiet theme" data-action="theme" aria-label="Theme: auto"><svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor"/></svg><span>auto</span></button><button type="button" class="quiet round" data-action="help"><span aria-hidden="true">?</span><span class="visually-hidden">Help: the keyboard</span></button></div></header>
<section id="active" aria-label="Active filters" hidden></section><p id="said" role="status" class="visually-hidden"></p>`

const help = html`<dialog id="help" aria-labelledby="help-title"><div class="head"><h2 id="help-title">Keyboard</h2><button type="button" class="quiet" data-action="close-help">Close</button></div>
<dl><div><dt><kbd>/</kbd></dt><dd>search</dd></div><div><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next and previous finding</dd></div><div><dt><kbd>o</kbd></dt><dd>open or close all findings</dd></div><div><dt><kbd>t</kbd></dt><dd>theme: auto, light, dark</dd></div><div><dt><kbd>Esc</kbd></dt><dd>in the search: clear it, and all filters</dd></div><div><dt><kbd>?</kbd></dt><dd>this help</dd></div></dl>
<p><label><input type="checkbox" id="shortcuts" checked> Single keys are shortcuts</label></p>
<p class="note">The address holds the search, the filters and the finding: copy it to share what you see.</p></dialog>`

/**
 * The report as one HTML file that needs no network: the content stands in the page, so that it can be read with scripts off; the script
 * adds search, filters, keyboard and copy buttons.
 */
export function renderHtml(report: Report): string {
  const { headline } = verdictWords(report)
  return renderPage({
    title: headline,
    tone: toneOf(report),
    tool: report.tool,
    script: `(${client.toString()})()`,
    body: html`<a class="skip" href="#findings">Skip to the findings</a>
${bar}
<div class="layout">${navigation(report)}<main>${summary(report)}${findingsSection(report)}${contractSection(report)}${rulesSection(report)}${trafficSection(report)}${silencesSection(report)}${notesSection(report)}</main></div>
${foot(report.tool)}${help}`,
  })
}
