import type { Change } from '../../core/case'
import type { Finding, ShownAnswer, ShownRequest } from '../../core/finding'
import { placeName } from '../../core/place'
import { bytes, cut, duration } from '../text'
import { changeWords } from '../words'
import { breakable, code, type Html, html } from './html'
import { bodyView, type Mark } from './jsonView'

/** How much of a text from the target a finding may show, in UTF-16 units. */
export interface Bounds {
  readonly body: number
  readonly header: number
}

/** The text of a body, bounded, and a line on what is not shown. Bytes that are no UTF-8 are shown as `\xNN`. */
function shownBody(body: Pick<ShownAnswer, 'body' | 'bodyBase64' | 'bodyBytes'>, limit: number): { text?: string; note?: string } {
  if (body.body !== undefined) {
    const { text, left } = cut(body.body, limit)
    const size = Math.max(body.bodyBytes ?? 0, Buffer.byteLength(text))
    return { text, note: left > 0 || size > Buffer.byteLength(text) ? `The beginning of ${bytes(size)}.` : undefined }
  }
  if (body.bodyBase64 === undefined) return {}
  const buffer = Buffer.from(cut(body.bodyBase64, limit).text, 'base64')
  const text = [...buffer]
    .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`))
    .join('')
  const size = Math.max(body.bodyBytes ?? 0, buffer.length)
  return {
    text,
    note: `Not UTF-8: other bytes than ASCII are shown as \\xNN.${size > buffer.length ? ` The beginning of ${bytes(size)}.` : ''}`,
  }
}

function bodyPart(body: Pick<ShownAnswer, 'body' | 'bodyBase64' | 'bodyBytes'>, marks: readonly Mark[], limit: number): Html {
  const { text, note } = shownBody(body, limit)
  if (text === undefined || text === '') return html`<p class="nothing${marks.length > 0 && ' marked'}">No body.</p>`
  return html`<pre class="body">${bodyView(text, marks)}</pre>${note !== undefined && html`<p class="note">${note}</p>`}`
}

interface HeaderMark {
  readonly name: string
  readonly label: string
  readonly absent: string
}

function headerLines(headers: readonly (readonly [string, string])[], marks: readonly HeaderMark[], limit: number): Html {
  const marked = ([name]: readonly [string, string]) => marks.find((mark) => mark.name.toLowerCase() === name.toLowerCase())
  const rows = headers.slice(0, 40).map((pair) => {
    const mark = marked(pair)
    const { text, left } = cut(pair[1], limit)
    const shown = html`<span class="k">${code(cut(pair[0], limit).text)}</span>: ${code(text)}${left > 0 && html`<span class="elided">${left} more characters</span>`}`
    return html`<span class="line d0${mark && ' marked'}">${mark ? html`<span class="aside">${mark.label}</span><mark>${shown}</mark>` : shown}
</span>`
  })
  const gone = marks
    .filter((mark) => !headers.some(([name]) => name.toLowerCase() === mark.name.toLowerCase()))
    .map(
      (mark) => html`<span class="line d0 marked"><mark><s class="k">${code(cut(mark.name, limit).text)}</s> <em>${mark.absent}</em></mark>
</span>`,
    )
  return rows.length + gone.length > 0 ? html`<pre class="headers"><code>${rows}${gone}</code></pre>` : html``
}

/** The header that a change touches as it was sent: under its new name where it was renamed. */
function headerMarks(changes: readonly Change[]): HeaderMark[] {
  return changes
    .filter((change) => change.at[0] === 'header')
    .map((change) => ({ name: 'rename' in change ? change.rename : placeName(change.at.slice(1)), label: 'changed', absent: 'left out' }))
}

/** The member of the body that a change touches, as it was sent. */
function bodyMarks(changes: readonly Change[]): Mark[] {
  return changes
    .filter((change) => change.at[0] === 'body')
    .map((change) => {
      const path = change.at.slice(1)
      if ('rename' in change) return { path: [...path.slice(0, -1), change.rename], label: 'renamed', absent: 'renamed' }
      if ('insert' in change) return { path: [...path, change.insert], label: 'added', absent: 'added' }
      return { path, label: 'changed', absent: 'remove' in change ? 'left out' : 'changed' }
    })
}

/** The request target with the values that a change put into it marked. */
function targetView(target: string, changes: readonly Change[], limit: number): Html {
  const shown = cut(target, limit).text
  const change = changes.find((one) => one.at[0] === 'path' || one.at[0] === 'query')
  const value = change && 'set' in change ? String(change.set) : change && 'raw' in change ? change.raw : undefined
  const form = value ? [value, encodeURIComponent(value.replace(/\p{Cs}/gu, '\ufffd'))].find((one) => shown.includes(one)) : undefined
  if (!change) return breakable(shown)
  if (!form) return html`<mark>${breakable(shown)}</mark>`
  const at = shown.lastIndexOf(form)
  return html`${breakable(shown.slice(0, at))}<mark>${breakable(form)}</mark>${breakable(shown.slice(at + form.length))}`
}

/** What was changed, one line a change. */
export function changeList(changes: readonly Change[], limit: number): Html {
  if (changes.length === 0) return html`<p class="changes plain">The plain valid request; nothing was changed.</p>`
  return html`<ul class="changes">${changes.slice(0, 12).map((change) => {
    const { place, did, value } = changeWords(change)
    const { text, left } = cut(value ?? '', Math.min(limit, 160))
    return html`<li><code>${breakable(cut(place, limit).text)}</code> ${did}${value !== undefined && html` <code class="value">${code(text)}${left > 0 && '…'}</code>`}</li>`
  })}</ul>`
}

/**
 * A request with what was changed in it marked.
 * @param which it is of all
 */
export function requestView(request: ShownRequest, which: string, changes: readonly Change[], bounds: Bounds): Html {
  const method = code(cut(request.method, bounds.header).text)
  return html`<section class="side request"><h4>Request <small>${which}</small></h4>
${changeList(changes, bounds.header)}
<div class="wire"><p class="start"><b>${changes.some((change) => change.at[0] === 'method') ? html`<mark>${method}</mark>` : method}</b> ${targetView(request.target, changes, bounds.header)}</p>
${headerLines(request.headers, headerMarks(changes), bounds.header)}
${bodyPart(request, bodyMarks(changes), bounds.body)}</div></section>`
}

function wrongPlace(answerPlace: string, bounds: Bounds): Html {
  const place = cut(answerPlace.replace(/^answer\.?/, ''), bounds.header).text
  return html`<ul class="changes"><li>${place === '' ? 'none that is whole' : html`wrong at <code>${breakable(place)}</code>`}</li></ul>`
}

const family = (status: number): string => `s${Math.floor(status / 100)}`

/** What came back, with the place where it is wrong marked. */
export function answerView(finding: Finding, answer: ShownAnswer, bounds: Bounds): Html {
  const [, part, ...path] = finding.answerPlace.split('.')
  const wrong = { label: 'wrong', absent: 'is not there' }
  const bodyMark: Mark[] = part === 'body' ? [{ path, ...wrong }] : []
  const headerMark = part === 'header' || part === 'headers' ? [{ name: path.join('.'), ...wrong }] : []
  const status = html`<b class="status ${answer.status !== undefined && family(answer.status)}">${answer.status}</b> ${cut(answer.statusText ?? '', bounds.header).text}`
  const start =
    answer.status === undefined
      ? html``
      : html`<p class="start">${part === 'status' ? html`<mark>${status}</mark><span class="aside">wrong</span>` : status}<span class="took">${duration(answer.seconds)}</span></p>`
  const fault =
    answer.fault !== undefined &&
    html`<p class="fault"><span class="took">${duration(answer.seconds)}</span><b>No whole answer.</b> ${cut(answer.fault, bounds.body).text}</p>`
  return html`<section class="side answer"><h4>Answer</h4>${wrongPlace(finding.answerPlace, bounds)}<div class="wire">${start}${fault}
${answer.headers && headerLines(answer.headers, headerMark, bounds.header)}
${(answer.fault === undefined || answer.body !== undefined) && bodyPart(answer, bodyMark, bounds.body)}</div></section>`
}
