import type { Report, RuleResult } from '../../core/report'
import { zones } from '../../core/zone'
import { count, counted, percent, shorten } from '../text'
import { results } from '../words'
import { breakable, findingAnchor, type Html, html, linkTo, ruleAnchor } from './html'

/** A table of more rows is slow on the page; the kept rules above it are left to the JSON report. */
const mostRows = 2000
/** So many kept rules may stand in the open; of more, as many where there are no others, and the rest behind a fold. */
const keptShown = 20
const longest = 300

const symbol: Readonly<Record<RuleResult['result'], string>> = { kept: '✓', broken: '✕', 'not tested': '–', 'not run': '·' }

const named = (result: RuleResult['result']): string => result.replace(' ', '-')

function reason({ reason, notReached }: RuleResult): Html | false {
  const missed = notReached > 0 && `${counted(notReached, 'case')} did not reach it`
  const words = [reason && shorten(reason, longest), missed].filter(Boolean).join('; ')
  return words !== '' && html`<span class="reason">${words}</span>`
}

function row(rule: RuleResult): Html {
  const links = rule.findings
    .slice(0, 3)
    .map(
      (id, index) =>
        html` <a href="${linkTo(findingAnchor(id))}" aria-label="Finding ${index + 1} of this rule">finding${rule.findings.length > 1 && ` ${index + 1}`}</a>`,
    )
  const id = shorten(rule.id, longest)
  return html`<tr role="row" id="${ruleAnchor(id)}" tabindex="-1" data-item="rule" data-zone="${rule.zone}" data-result="${rule.result}" data-place="${shorten(rule.place, longest)}">
<th scope="row" role="rowheader"><code>${breakable(id)}</code></th>
<td role="cell" class="promise">${shorten(rule.promise, longest)}${reason(rule)}</td>
<td role="cell" class="zone"><span class="zone-name ${rule.zone}">${rule.zone}</span></td>
<td role="cell" class="result"><span class="result-name ${named(rule.result)}"><span aria-hidden="true">${symbol[rule.result]}</span> ${rule.result}</span>${links}</td>
<td role="cell" class="number cases">${count(rule.cases)} <span class="unit">${rule.cases === 1 ? 'case' : 'cases'}</span></td>
<td role="cell" class="number rate">${rule.rulesOut !== undefined && html`<span class="unit">fails less than </span>${percent(rule.rulesOut)}`}</td></tr>`
}

function table(rules: readonly RuleResult[], label: string): Html {
  const heads = html`<th scope="col" role="columnheader">Rule</th><th scope="col" role="columnheader">Promise</th><th scope="col" role="columnheader" class="zone">Zone</th><th scope="col" role="columnheader" class="result">Result</th><th scope="col" role="columnheader" class="number cases">Cases</th><th scope="col" role="columnheader" class="number rate">Fails below</th>`
  return html`<table class="rules" role="table" aria-label="${label}"><thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">${rules.map(row)}</tbody></table>`
}

function filters(rules: readonly RuleResult[]): Html {
  const button = (filter: 'zone' | 'result', value: string) => {
    const amount = rules.filter((rule) => rule[filter] === value).length
    return (
      amount > 0 &&
      html`<button type="button" aria-pressed="false" data-filter="${filter}" data-value="${value}" class="filter">${value} <b>${count(amount)}</b></button>`
    )
  }
  return html`<div class="filters needs-script" role="group" aria-label="Filter the rules">${results.map((result) => button('result', result))}<span class="gap"></span>${zones.map((zone) => button('zone', zone))}</div>`
}

/** Every rule with its zone, its cases, its result, and the failure rate that its passes rule out: those that need a reader first. */
export function rulesSection(report: Report): Html {
  const ordered = results.flatMap((result) => report.rules.filter((rule) => rule.result === result)).slice(0, mostRows)
  const kept = ordered.filter((rule) => rule.result === 'kept')
  const others = ordered.filter((rule) => rule.result !== 'kept')
  const open = kept.length <= keptShown ? ordered : others.length > 0 ? others : kept.slice(0, keptShown)
  const folded = ordered.slice(open.length)
  const left = report.rules.length - ordered.length
  return html`<section id="rules" aria-labelledby="rules-title"><div class="head"><h2 id="rules-title" tabindex="-1">Rules <span class="count" data-count="rule">${count(report.rules.length)}</span></h2><p>Each is one promise and one way to test it. “Fails below” is the failure rate that the passes rule out, at 95 % confidence.</p></div>
${filters(report.rules)}
${table(open, open === others ? 'Rules that were not kept, or not tested' : 'Rules')}
${folded.length > 0 && html`<details class="rest kept-rules" data-rest><summary><span data-left>${count(folded.length)}</span> ${open !== others && 'more '}kept</summary>${table(folded, 'Rules that were kept')}</details>`}
${left > 0 && html`<p class="note">${counted(left, 'rule')} more in report.json.</p>`}<p class="empty none-left" data-empty="rule" hidden>No rule matches.</p></section>`
}
