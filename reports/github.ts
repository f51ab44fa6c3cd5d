import { fails } from '../core/baseline'
import type { Finding, Severity } from '../core/finding'
import type { Report } from '../core/report'
import { commandsOf } from './findingText'
import { lineOf } from './source'
import { counted, shorten, visible } from './text'

type Kind = 'error' | 'warning' | 'notice'

const kinds: Readonly<Record<Severity, Kind>> = { critical: 'error', serious: 'error', moderate: 'warning', minor: 'notice' }

/** GitHub shows so many annotations of each kind for a step. */
const shown = 10

const inMessage = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const inProperty = (text: string): string => inMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** One workflow command; no text in it can end it or begin another. */
function command(kind: Kind, properties: Readonly<Record<string, string | number>>, lines: readonly string[]): string {
  const pairs = Object.entries(properties).map(([name, value]) => `${name}=${inProperty(visible(String(value)))}`)
  return `::${kind} ${pairs.join(',')}::${inMessage(lines.map(visible).join('\n'))}\n`
}

function annotation(report: Report, finding: Finding): string {
  const { severity, title, promise, message } = finding
  const place = { file: report.document.file, line: lineOf(report, finding) }
  return command(kinds[severity], { ...place, title: shorten(title, 200) }, [
    ...(message === title ? [] : [shorten(message, 500)]),
    `Promised: ${shorten(promise, 500)}`,
    ...commandsOf({ replay: finding.replay }),
  ])
}

/**
 * Findings as annotations of a GitHub workflow (`::error file=…,line=…,title=…::…`), by severity as errors, warnings and notices. Of each
 * kind as many as GitHub shows, the last of them a count of those left out. Nothing where there is nothing to tell, and nothing of what
 * fails no run.
 */
export function renderGithub(report: Report): string {
  const unjudged = report.exitCode === 3 ? command('error', { title: 'The target could not be judged' }, [report.reason ?? '']) : ''
  const ofKind = (kind: Kind) => {
    const findings = report.findings.filter((finding) => kinds[finding.severity] === kind && fails(report, finding))
    const told = findings.length > shown ? findings.slice(0, shown - 1) : findings
    const left = findings.length - told.length
    const more = left > 0 ? command(kind, { title: `${counted(left, 'further finding')}` }, ['The reports of the run tell them.']) : ''
    return told.map((finding) => annotation(report, finding)).join('') + more
  }
  return unjudged + (['error', 'warning', 'notice'] as const).map(ofKind).join('')
}
