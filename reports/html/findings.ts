import type { KnownFinding } from '../../core/baseline'
import type { Finding } from '../../core/finding'
import type { DocsPlace } from '../../core/place'
import type { Report } from '../../core/report'
import { bytes, count, counted, cut, duration, shorten, wrapCommand } from '../text'
import { bySeverity, docsName, howOften, standingWords, steadiness, whichRequest } from '../words'
import { answerView, type Bounds, changeList, requestView } from './exchange'
import { breakable, code, copyButton, findingAnchor, type Html, html, linkTo, ruleAnchor } from './html'

/** So many findings are listed at once; the others are behind a fold. */
const listed = 20
const sentence = 2000
const mostGone = 100
const mostBefore = 20
const place = 300

/** So many findings are told in full; of the others the page tells no bodies: 1,000 findings must still open at once. */
const full = 60
/** A longer command is not worth a place on the page. */
const longestCommand = 20_000

/** The further down the list, the less of a body is shown. */
const boundsOf = (index: number): Bounds => (index < listed ? { body: 8192, header: 1024 } : { body: 2048, header: 512 })

/** Where the docs state a promise: page, line, section, and the page's own words. */
function docsView(docs: DocsPlace | undefined): Html {
  if (!docs) return html`<p class="docs none">The docs do not state it in so many words.</p>`
  return html`<figure class="docs">${docs.text !== undefined && html`<blockquote>${shorten(docs.text, sentence)}</blockquote>`}<figcaption><code>${breakable(shorten(docsName(docs), place))}</code> ${shorten(docs.section, place)}</figcaption></figure>`
}

function command(label: string, text: string, what: string): Html {
  const { text: shown, left } = cut(text, 1200)
  const lines = wrapCommand(shown, 72).map(
    (line) => html`${code(line)}
`,
  )
  const copyable = text.length <= longestCommand
  const note =
    left > 0 && html`<p class="note">Shown in part; ${copyable ? 'the button copies all of it' : 'report.json has all of it'}.</p>`
  return html`<div class="command"><div class="label"><b>${label}</b>${copyable && copyButton(text, what)}</div><pre><code>${lines}</code></pre>${note}</div>`
}

function shrinkPath(finding: Finding): Html | false {
  if (finding.shrinkPath.length < 2) return false
  const all = finding.shrinkPath
  const steps = all.length > 6 ? [...all.slice(0, 3), ...all.slice(-3)] : all
  const shown = steps.map(
    (step, index) =>
      html`<li${all.length > 6 && index === 3 && html` class="skipped"`}>${counted(step.changes, 'change')}, ${bytes(step.bytes)}</li>`,
  )
  return html`<div><dt>Shrunk in ${counted(all.length - 1, 'step')}</dt><dd><ol class="shrink">${shown}</ol></dd></div>`
}

function rulesHit(finding: Finding): Html | false {
  const others = finding.rules.filter((rule) => rule !== finding.rule)
  const link = (rule: string) =>
    html`<a class="rule" href="${linkTo(ruleAnchor(shorten(rule, place)))}">${breakable(shorten(rule, place))}</a>`
  const more = others.length > 12 && html` <span>and ${count(others.length - 12)} more</span>`
  return html`${finding.rule !== undefined && html`<div><dt>Rule</dt><dd>${link(finding.rule)}</dd></div>`}${
    others.length > 0 && html`<div><dt>Other rules it hit</dt><dd class="chips">${others.slice(0, 12).map(link)}${more}</dd></div>`
  }`
}

function facts(finding: Finding): Html {
  const { request, seconds } = finding.firstSeen
  return html`<dl class="traits">
<div><dt>Seen</dt><dd>${howOften(finding)}</dd></div>
<div><dt>First seen</dt><dd>request ${count(request)}, after ${duration(seconds)}</dd></div>
<div><dt>Repeats</dt><dd>${steadiness(finding)}</dd></div>
${finding.baseline && html`<div><dt>Baseline</dt><dd>${shorten(standingWords(finding) ?? '', sentence)}</dd></div>`}
<div><dt>Check</dt><dd><code>${finding.check}</code> ${shorten(finding.kind, place)}</dd></div>
${shrinkPath(finding)}${rulesHit(finding)}</dl>`
}

function comparison(finding: Finding): Html | false {
  if (finding.expected === undefined && finding.received === undefined) return false
  return html`<dl class="comparison">
<div class="owed"><dt>Owed</dt><dd>${shorten(finding.expected ?? 'not stated', sentence)}</dd></div>
<div class="got"><dt>Came</dt><dd>${shorten(finding.received ?? 'nothing', sentence)}</dd></div></dl>`
}

function why(finding: Finding): Html {
  return html`<div class="why"><div><h4>Promised</h4><p class="promise">${shorten(finding.promise, sentence)}</p>${docsView(finding.docs)}</div>
<div><h4>What is wrong</h4><p class="message">${shorten(finding.message, sentence)}</p>${comparison(finding)}</div></div>`
}

/** The requests that a sequence sent before the one that shows the defect. */
function beforeView({ before = [] }: Finding): Html | false {
  const items = before.slice(0, mostBefore).map(({ request, response }) => {
    const body = request.body === undefined ? '' : ` ${shorten(request.body, place)}`
    return html`<li><code>${breakable(`${request.method} ${shorten(request.target, place)}`)}</code>${body}: ${shorten(String(response.status ?? response.fault), place)}</li>`
  })
  return items.length > 0 && html`<div class="why"><div><h4>Sent before it</h4><ol>${items}</ol></div></div>`
}

function story(finding: Finding, bounds: Bounds): Html {
  const sides = html`${finding.request && requestView(finding.request, whichRequest(finding), finding.changes, bounds)}${finding.response && answerView(finding, finding.response, bounds)}`
  return html`<div class="story">${why(finding)}${beforeView(finding)}
${(finding.request || finding.response) && html`<div class="sides">${sides}</div>`}
<div class="again"><div class="commands">${finding.curl !== undefined && command('Send it again', finding.curl, 'the curl command')}${command('Replay and judge it', finding.replay, 'the replay command')}</div>${facts(finding)}</div>
<p class="link"><a href="${linkTo(findingAnchor(finding.id))}">Link to this finding</a></p></div>`
}

/** A finding far down the list: what is wrong, what was changed, and how to see it again. */
function brief(finding: Finding): Html {
  const status = finding.response?.status ?? finding.response?.fault
  return html`<div class="story">${why(finding)}<div>${changeList(finding.changes.slice(0, 3), 160)}${status !== undefined && html`<p class="note">Answered: ${shorten(String(status), place)}. report.json has the whole exchange.</p>`}</div>${command('Replay and judge it', finding.replay, 'the replay command')}</div>`
}

/** The line of a finding that is there when it is closed. */
function headline(finding: Finding): Html {
  const state = finding.baseline?.state
  const amount = html`<span><b>${count(finding.count)}</b> of ${count(finding.outOf)}</span>`
  return html`<summary><span class="severity">${finding.severity}</span><span class="what"><h3>${shorten(finding.title, place)}</h3><span class="where"><code>${breakable(shorten(finding.place, place))}</code></span></span><span class="tally">${state !== undefined && html`<span class="standing ${state}">${state}</span>`}${finding.flaky && html`<span class="flaky">flaky</span>`}${amount}</span></summary>`
}

/** A finding on a page that holds no rules: folded, without its exchange. */
export const shortCard = (finding: Finding): Html =>
  html`<details class="finding ${finding.severity}" id="${findingAnchor(finding.id)}">${headline(finding)}
${brief(finding)}</details>`

function card(finding: Finding, index: number): Html {
  const id = findingAnchor(finding.id)
  const known = finding.baseline !== undefined && html` data-baseline="${finding.baseline.state}"`
  return html`<details class="finding ${finding.severity}" id="${id}" data-item="finding" data-severity="${finding.severity}" data-zone="${finding.zone ?? ''}" data-steady="${finding.flaky ? 'flaky' : 'steady'}"${known} data-place="${shorten(finding.place, place)}" data-shows="${shorten(finding.answerPlace, place)}"${index === 0 && html` open`}>
${headline(finding)}
${index < full ? story(finding, boundsOf(index)) : brief(finding)}</details>`
}

const states = ['new', 'expired', 'known'] as const

/** Buttons that show findings of one kind only; each is pressed or not. */
function filters(report: Report): Html {
  const { findings } = report
  const button = (filter: string, value: string, amount: number) =>
    amount > 0 &&
    html`<button type="button" aria-pressed="false" data-filter="${filter}" data-value="${value}" class="filter">${value} <b>${count(amount)}</b></button>`
  const flaky = findings.filter((finding) => finding.flaky).length
  return html`<div class="filters needs-script" role="group" aria-label="Filter the findings">
${Object.entries(bySeverity(findings)).map(([severity, amount]) => button('severity', severity, amount))}
${report.baseline && html`<span class="gap"></span>`}${report.baseline && states.map((state) => button('baseline', state, report.baseline?.[state] ?? 0))}
${flaky > 0 && html`<span class="gap"></span>`}${flaky > 0 && button('steady', 'steady', findings.length - flaky)}${button('steady', 'flaky', flaky)}
<span class="gap"></span><button type="button" class="quiet" data-action="toggle-all">Open all</button></div>`
}

/** Known findings that the run did not see: fixed, as far as it tested their rules. */
function gone({ baseline }: Report): Html | false {
  if (!baseline) return false
  const list = (title: string, all: readonly KnownFinding[]) =>
    all.length > 0 &&
    html`<div class="gone"><h3>${title} <span class="count">${count(all.length)}</span></h3><ul>${all
      .slice(0, mostGone)
      .map(
        ({ id, title, rule, reason }) =>
          html`<li><b>${shorten(title ?? rule ?? id, place)}</b> <span>${shorten(reason, place)}</span> <code>${shorten(id, place)}</code></li>`,
      )}</ul></div>`
  return html`${list('Fixed since the baseline', baseline.fixed)}${list('Known, but not looked for or not seen', baseline.notSeen)}`
}

/** The findings, worst first: the first ones listed, the others behind a fold. */
export function findingsSection(report: Report): Html {
  const findings = report.findings
  if (findings.length === 0) {
    const words = report.verdict === 'not judged' ? 'None, but the target was not judged.' : 'None. Every promise that was tested was kept.'
    return html`<section id="findings" aria-labelledby="findings-title"><div class="head"><h2 id="findings-title" tabindex="-1">Findings</h2></div><p class="empty">${words}</p>${gone(report)}</section>`
  }
  const cards = findings.map(card)
  const rest =
    cards.length > listed &&
    html`<details class="rest" data-rest><summary><span data-left>${count(cards.length - listed)}</span> more findings</summary>${cards.slice(listed)}</details>`
  return html`<section id="findings" aria-labelledby="findings-title"><div class="head"><h2 id="findings-title" tabindex="-1">Findings <span class="count" data-count="finding">${count(findings.length)}</span></h2><p>Each is one cause, told once; the worst come first.</p></div>
${filters(report)}
${cards.slice(0, listed)}${rest}<p class="empty none-left" data-empty="finding" hidden>No finding matches.</p>${gone(report)}</section>`
}
