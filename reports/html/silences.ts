import type { Report } from '../../core/report'
import { count, counted, shorten, shortList } from '../text'
import { breakable, type Html, html, silenceAnchor } from './html'

const longest = 1000
const most = 500

/** What the docs leave open: the question, what was assumed and why, and what the target really does. */
export function silencesSection(report: Report): Html {
  const named = new Set<string>()
  const first = (place: string) => !named.has(place) && named.add(place)
  const items = report.silences.slice(0, most).map(
    (
      silence,
    ) => html`<li class="silence"${first(silence.place) && html` id="${silenceAnchor(shorten(silence.place, 300))}"`} data-item="silence" data-place="${shorten(silence.place, 300)}" tabindex="-1">
<div class="question"><code>${breakable(shorten(silence.place, 300))}</code><h3>${shorten(silence.question, longest)}</h3></div>
<dl><div><dt>Assumed</dt><dd>${shorten(silence.assumption, longest)}</dd><dd class="reason">${shorten(silence.reason, longest)}</dd></div>
${silence.observed !== undefined && html`<div class="observed"><dt>What the target does</dt><dd>${shorten(silence.observed, longest)}</dd></div>`}</dl></li>`,
  )
  const left = report.silences.length - most
  return html`<section id="silences" aria-labelledby="silences-title"><div class="head"><h2 id="silences-title" tabindex="-1">What the docs do not say <span class="count" data-count="silence">${count(report.silences.length)}</span></h2><p>Where the docs are silent, an assumption fills the gap. Whoever owns the docs can close it.</p></div>
${items.length > 0 ? html`<ul class="silences">${items}</ul>` : html`<p class="empty">No assumption was needed.</p>`}${left > 0 && html`<p class="note">${counted(left, 'more silence')} in report.json.</p>`}<p class="empty none-left" data-empty="silence" hidden>Nothing matches.</p></section>`
}

/** What is worth telling and is no finding, and what cannot be tested. */
export function notesSection(report: Report): Html {
  const notes = report.notes
    .slice(0, most)
    .map((note) => html`<li><span>${shorten(note.message, longest)}</span> <span class="times">${counted(note.count, 'time')}</span></li>`)
  const leftOut = (report.document.leftOut ?? []).map(({ reason, operations }) => ({ place: shortList(operations, most), reason }))
  const blocked = [...leftOut, ...report.notTestable]
    .slice(0, most)
    .map((one) => html`<li><code>${breakable(shorten(one.place, 300))}</code> <span>${shorten(one.reason, longest)}</span></li>`)
  const depends = (report.document.dependences ?? []).slice(0, most).map((words) => html`<li>${shorten(words, longest)}</li>`)
  return html`<section id="notes" aria-labelledby="notes-title"><div class="head"><h2 id="notes-title" tabindex="-1">Notes</h2></div><div class="notes">
<div><h3>Worth knowing, never a finding</h3>${notes.length > 0 ? html`<ul>${notes}</ul>` : html`<p class="nothing">Nothing.</p>`}</div>
<div class="blocked"><h3>Cannot be tested</h3>${blocked.length > 0 ? html`<ul>${blocked}</ul>` : html`<p class="nothing">Nothing.</p>`}</div>${
    depends.length > 0 &&
    html`
<div><h3>Operations that take ids from others</h3><ul>${depends}</ul></div>`
  }</div></section>`
}
