import { type Html, html, trusted } from '../reports/html/html'
import { count } from '../reports/text'
import { figuresOf, isReached, shown, targetOf, workWords } from './figures'
import type { HistoryLine, Machine, Results } from './results'

/** The report's colours, light and dark. */
const style = trusted(`<style>
.ground{fill:#fff}.ink{fill:#17202c}.soft{fill:#4a5669}.track{fill:#e9edf2}.kept{fill:#1d7548}.broken{fill:#b3261e}.mark{stroke:#17202c;stroke-width:1.5}
.line{fill:none;stroke:#2a56c6;stroke-width:2}.dot{fill:#2a56c6}
.start{fill:#93a0b2}.generate{fill:#2563c4}.serialise{fill:#5c9bf0}.send{fill:#0b727b}.judge{fill:#7447b8}.record{fill:#a8450b}.collect{fill:#d9a514}.native{fill:#5cb8bf}.threads{fill:#c9d1db}
@media (prefers-color-scheme:dark){.ground{fill:#0e131a}.ink{fill:#e6ebf2}.soft{fill:#adb8c7}.track{fill:#29323f}.kept{fill:#52c58f}.broken{fill:#ff9388}.mark{stroke:#e6ebf2}.line{stroke:#93b4ff}.dot{fill:#93b4ff}}
text{font:13px -apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,"Helvetica Neue",Arial,sans-serif}
.title{font-weight:600;font-size:15px}.small{font-size:12px}.end{text-anchor:end}.middle{text-anchor:middle}
</style>`)

const width = 920
const margin = 24
const inner = width - 2 * margin
const round = (value: number): number => Math.round(value * 10) / 10

interface Panel {
  readonly height: number
  /** Drawn from its own top. */
  readonly shapes: readonly Html[]
}

const title = (text: string): Html => html`<text class="ink title" x="${margin}" y="16">${text}</text>`

/** A bar for each figure that has a target; the line marks that. */
function targets(results: Results): Panel | undefined {
  const figures = figuresOf(results).filter((figure) => targetOf(figure) !== undefined)
  if (figures.length === 0) return undefined
  const [left, right, full] = [430, 650, 0.75]
  const rows = figures.map((figure, index) => {
    const y = 30 + index * 26
    const share = Math.min(1, Math.max(0, (figure.value / (figure.atLeast ?? figure.atMost ?? 1)) * full))
    const mark = left + (right - left) * full
    const words = `${figure.what}: ${shown(figure.value, figure.unit)}, ${targetOf(figure)}`
    return html`<g><title>${words}</title><text class="soft" x="${margin}" y="${y + 12}">${figure.what.replaceAll('`', '')}</text>
<rect class="track" x="${left}" y="${y}" width="${right - left}" height="16" rx="3"/><rect class="${isReached(figure) ? 'kept' : 'broken'}" x="${left}" y="${y}" width="${round(share * (right - left))}" height="16" rx="3"/>
<line class="mark" x1="${mark}" x2="${mark}" y1="${y - 3}" y2="${y + 19}"/><text class="ink end" x="735" y="${y + 12}">${shown(figure.value, figure.unit)}</text><text class="soft small end" x="${width - margin}" y="${y + 12}">${targetOf(figure)}</text></g>`
  })
  return { height: 30 + figures.length * 26, shapes: [title('Against the targets (the line; a median each)'), ...rows] }
}

/** Processor time of one case, side by side. */
function works({ cpu }: Results): Panel | undefined {
  if (!cpu) return undefined
  const parts = [...Object.entries(cpu.result.perCase), ['threads', cpu.result.threads] as const]
  const sum = parts.reduce((all, [, value]) => all + value, 0)
  let x = margin
  const bars = parts.map(([work, value]) => {
    const wide = (value / sum) * inner
    x += wide
    return html`<rect class="${work}" x="${round(x - wide)}" y="30" width="${round(wide)}" height="24"><title>${workWords[work] ?? work}: ${shown(value, 'microseconds')}</title></rect>`
  })
  const legend = parts.map(([work, value], index) => {
    const [left, y] = [margin + (index % 3) * (inner / 3), 66 + Math.floor(index / 3) * 20]
    return html`<rect class="${work}" x="${round(left)}" y="${y}" width="11" height="11" rx="2"/><text class="soft small" x="${round(left + 17)}" y="${y + 10}">${workWords[work] ?? work}: ${shown(value, 'microseconds')}</text>`
  })
  const height = 66 + Math.ceil(parts.length / 3) * 20
  return {
    height,
    shapes: [title(`Processor time for a case: ${shown(sum, 'microseconds')}, in a run of ${count(cpu.result.cases)}`), ...bars, ...legend],
  }
}

const plot = 110

/** Peak memory by the number of cases. */
function memory({ memory }: Results): Panel | undefined {
  if (!memory) return undefined
  const limit = 300 * 1024 * 1024
  const highest = Math.max(limit * 1.1, ...memory.result.map(({ peakRss }) => peakRss))
  const high = (value: number) => round((value / highest) * plot)
  const unit = inner / 2 / memory.result.length
  const bars = memory.result.map(({ cases, peakRss }, index) => {
    const x = margin + index * unit
    return html`<rect class="${peakRss <= limit ? 'kept' : 'broken'}" x="${round(x + unit * 0.2)}" y="${30 + plot - high(peakRss)}" width="${round(unit * 0.6)}" height="${high(peakRss)}" rx="2"/>
<text class="soft small middle" x="${round(x + unit / 2)}" y="${30 + plot + 16}">${count(cases)} cases</text>
<text class="soft small middle" x="${round(x + unit / 2)}" y="${30 + plot + 32}">${shown(peakRss, 'bytes')}</text>`
  })
  const y = 30 + plot - high(limit)
  const line = html`<line class="mark" x1="${margin}" x2="${round(margin + inner / 2)}" y1="${y}" y2="${y}"/>`
  return { height: plot + 70, shapes: [title(`Peak memory (the line: ${shown(limit, 'bytes')})`), ...bars, line] }
}

/** Calls of the bench that are drawn of its history. */
const mostCalls = 40

/** The ratio to the bare loop over the history, at the number of cases that was measured most often. */
function course(history: readonly HistoryLine[]): Panel | undefined {
  const keys = [...new Set(history.flatMap(({ figures }) => Object.keys(figures)))].filter((key) => /^speed\.\d+\.ratio$/.test(key))
  const calls = (key: string) => history.filter(({ figures }) => figures[key] !== undefined).length
  const key = keys.sort((a, b) => calls(b) - calls(a) || Number(b.split('.')[1]) - Number(a.split('.')[1]))[0]
  const values = history
    .flatMap(({ figures, commit }) => (key && figures[key] !== undefined ? [{ commit, value: figures[key] }] : []))
    .slice(-mostCalls)
  if (values.length === 0) return undefined
  const left = margin + inner / 2 + 40
  const wide = inner / 2 - 40
  const high = (value: number) => round(30 + plot - (Math.min(1.1, value) / 1.1) * plot)
  const points = values.map(({ commit, value }, index) => ({
    x: round(left + ((index + 0.5) * wide) / values.length),
    y: high(value),
    commit,
    value,
  }))
  return {
    height: plot + 54,
    shapes: [
      html`<text class="ink title" x="${left}" y="16">Share of the bare loop’s speed, ${count(Number(key?.split('.')[1]))} cases (line: 0.85)</text>`,
      html`<line class="mark" x1="${left}" x2="${left + wide}" y1="${high(0.85)}" y2="${high(0.85)}"/><polyline class="line" points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`,
      ...points.map(
        ({ x, y, commit, value }) =>
          html`<circle class="dot" cx="${x}" cy="${y}" r="3"><title>${commit}: ${value.toFixed(2)}</title></circle>`,
      ),
    ],
  }
}

const onWhat = ({ at, commit, node, cpu, cores }: Machine): string =>
  `${at.slice(0, 10)}, commit ${commit}, Node ${node}, ${count(cores)} cores of ${cpu}`

/** The results as an SVG picture, by itself: no script, no font and no picture from elsewhere. */
export function picture(results: Results, history: readonly HistoryLine[]): string {
  const latest = Object.values(results).sort((a, b) => b.at.localeCompare(a.at))[0]
  const rows = [[targets(results)], [works(results)], [memory(results), course(history)]]
  let y = 52
  const drawn = rows.flatMap((row) => {
    const panels = row.filter((panel) => panel !== undefined)
    if (panels.length === 0) return []
    const top = y
    y += Math.max(...panels.map(({ height }) => height)) + 22
    return panels.map(({ shapes }) => html`<g transform="translate(0 ${top})">${shapes}</g>`)
  })
  return `${
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="What the bench has measured">${style}
<rect class="ground" width="${width}" height="${y}"/><text class="soft small" x="${margin}" y="28">${latest ? onWhat(latest) : 'nothing was measured'}</text>
${drawn}</svg>`.html
  }\n`
}
