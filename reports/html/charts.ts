import type { Report, ZoneStatistics } from '../../core/report'
import { count, counted, duration, shorten } from '../text'
import { type Html, html } from './html'

/** Bars in a box of 100 units a bar, 100 high: stretched by the page, so that nothing but shapes is drawn here. */
const unit = 100
/** Of more buckets than this, not each one is labelled. */
const mostTicks = 13

const round = (value: number): number => Math.round(value * 100) / 100

/** The part of the latency axis that the run used: `start` seconds, then the end of each bucket; the last bucket may have none. */
interface Axis {
  readonly first: number
  readonly bars: number
  readonly start: number
  readonly ends: readonly number[]
}

function axisOf(zones: readonly ZoneStatistics[], buckets: readonly number[]): Axis {
  const used = [...buckets, Number.POSITIVE_INFINITY].map((_, index) => zones.some((zone) => (zone.histogram[index] ?? 0) > 0))
  const first = Math.max(0, used.indexOf(true) - 1)
  const last = Math.max(first, used.lastIndexOf(true))
  return { first, bars: last - first + 1, start: first === 0 ? 0 : buckets[first - 1]!, ends: buckets.slice(first, last + 1) }
}

/** Where a latency lies on the axis, in units: within its bucket by proportion. */
function position(seconds: number, { bars, start, ends }: Axis): number {
  const index = ends.findIndex((end) => seconds <= end)
  if (index < 0) return (bars - 0.5) * unit
  const from = index === 0 ? start : ends[index - 1]!
  return round((index + Math.max(0, seconds - from) / (ends[index]! - from || 1)) * unit)
}

const tick = (seconds: number): string =>
  seconds < 1 ? String(Number((seconds * 1000).toPrecision(2))) : `${Number(seconds.toPrecision(2))} s`

function histogram(zone: ZoneStatistics, axis: Axis): Html {
  const bars = zone.histogram.slice(axis.first, axis.first + axis.bars)
  const highest = Math.max(1, ...bars)
  const { p50, p95, p99, max } = zone.latency
  const shapes = bars.map((amount, index) => {
    const height = amount === 0 ? 0 : Math.max(1.5, round((amount / highest) * 96))
    return amount > 0 && html`<rect x="${index * unit + 6}" y="${round(unit - height)}" width="${unit - 12}" height="${height}"/>`
  })
  const marks = [p50, p95, p99].map((value) => position(value, axis)).map((x) => html`<line x1="${x}" x2="${x}" y1="0" y2="${unit}"/>`)
  const every = Math.ceil(axis.bars / mostTicks)
  const ticks = Array.from({ length: axis.bars }, (_, index) =>
    index % every === 0 && index < axis.bars - 1 ? axis.ends[index] : undefined,
  )
  const label = `Latency of ${counted(zone.requests, 'request')} in the zone ${zone.zone}: half within ${duration(p50)}, 95 % within ${duration(p95)}, 99 % within ${duration(p99)}, the slowest ${duration(max)}.`
  return html`<figure class="chart ${zone.zone}"><figcaption><b>${zone.zone}</b> ${counted(zone.requests, 'request')}</figcaption>
<svg viewBox="0 0 ${axis.bars * unit} ${unit}" preserveAspectRatio="none" role="img" aria-label="${label}"><g class="bars">${shapes}</g><g class="marks">${marks}</g></svg>
<div class="axis" aria-hidden="true">${ticks.map((end) => html`<span>${end !== undefined && tick(end)}</span>`)}</div>
<dl class="percentiles"><div><dt>p50</dt><dd>${duration(p50)}</dd></div><div><dt>p95</dt><dd>${duration(p95)}</dd></div><div><dt>p99</dt><dd>${duration(p99)}</dd></div><div><dt>max</dt><dd>${duration(max)}</dd></div></dl></figure>`
}

function statuses(zones: readonly ZoneStatistics[]): Html {
  const keys = [...new Set(zones.flatMap((zone) => Object.keys(zone.statuses)))]
    .sort((a, b) => Number(/\D/.test(a)) - Number(/\D/.test(b)) || a.localeCompare(b))
    .slice(0, 40)
  const cells = (key: string) =>
    zones.map((zone) => {
      const amount = zone.statuses[key] ?? 0
      const share = zone.requests > 0 ? Math.max(1, round((amount / zone.requests) * 100)) : 0
      return html`<td class="number">${amount > 0 && html`${count(amount)}<svg class="${zone.zone}" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="1"/><rect width="${Math.min(share, 100)}" height="1"/></svg>`}</td>`
    })
  const body = keys.map(
    (key) =>
      html`<tr><th scope="row"><span class="status ${/^\d/.test(key) ? `s${key[0]}` : 'fault'}">${shorten(key, 40)}</span></th>${cells(key)}</tr>`,
  )
  return html`<figure class="chart statuses"><table><caption>Answers by status</caption><thead><tr><th scope="col">Status</th>${zones.map((zone) => html`<th scope="col" class="number">${zone.zone}</th>`)}</tr></thead><tbody>${body}</tbody></table></figure>`
}

/** Seconds joined so that a long run has at most 240 bars. */
function joined(timeline: Report['statistics']['timeline']): { requests: number; failures: number }[] {
  const last = timeline.reduce((most, { second }) => Math.max(most, second), 0)
  const size = Math.ceil((last + 1) / 240)
  const bars = Array.from({ length: Math.ceil((last + 1) / size) }, () => ({ requests: 0, failures: 0 }))
  for (const { second, requests, failures } of timeline) {
    const bar = bars[Math.floor(second / size)]
    if (!bar) continue
    bar.requests += requests
    bar.failures += failures
  }
  return bars.map((bar) => ({ requests: bar.requests / size, failures: bar.failures / size }))
}

function timeline(report: Report): Html {
  const bars = joined(report.statistics.timeline)
  const highest = Math.max(1, ...bars.map((bar) => bar.requests))
  const high = (value: number) => (value === 0 ? 0 : Math.max(1.5, round((value / highest) * 96)))
  const shapes = bars.map(
    ({ requests, failures }, index) =>
      html`<rect class="sent" x="${index * unit + 4}" y="${round(unit - high(requests))}" width="${unit - 8}" height="${high(requests)}"/>${failures > 0 && html`<rect class="failed" x="${index * unit + 4}" y="${round(unit - high(failures))}" width="${unit - 8}" height="${high(failures)}"/>`}`,
  )
  const failed = report.statistics.timeline.reduce((sum, second) => sum + second.failures, 0)
  const label = `Requests over ${duration(report.seconds)}: at most ${count(highest)} in a second; ${count(failed)} failed.`
  return html`<figure class="chart timeline"><figcaption><b>Requests a second</b> <span class="key"><i class="sent"></i>sent</span> <span class="key"><i class="failed"></i>failing</span></figcaption>
<div class="plot"><span class="peak" aria-hidden="true">${count(highest)}</span><svg viewBox="0 0 ${bars.length * unit} ${unit}" preserveAspectRatio="none" role="img" aria-label="${label}">${shapes}</svg></div>
<div class="ends" aria-hidden="true"><span>0 s</span><span>${duration(report.seconds)}</span></div></figure>`
}

/** How the target behaved under the run: latency and statuses by zone, requests over time. */
export function trafficSection(report: Report): Html {
  const zones = report.statistics.zones.filter((zone) => zone.requests > 0)
  const axis = axisOf(zones, report.statistics.latencyBuckets)
  const words = 'Latency runs from sending to the last byte, in milliseconds; the lines mark p50, p95 and p99.'
  return html`<section id="traffic" aria-labelledby="traffic-title"><div class="head"><h2 id="traffic-title" tabindex="-1">Traffic</h2><p>${words}</p></div>
${zones.length === 0 ? html`<p class="empty">Nothing was sent.</p>` : html`<div class="charts">${zones.map((zone) => histogram(zone, axis))}</div><div class="charts two">${timeline(report)}${statuses(zones)}</div>`}</section>`
}
