import type { Finding } from '../core/finding'
import type { Report } from '../core/report'

/**
 * The line of the document at which a finding points: that of the member, or the nearest around it, or else of the operation.
 * 1 where a report does not know.
 */
export function lineOf(report: Report, finding: Finding): number {
  const operation = report.rules.find(({ id }) => id === finding.rule)?.operation
  const members = report.members.filter(
    (member) => member.line !== undefined && (operation === undefined || member.operation === operation),
  )
  for (let place = finding.place; place !== ''; place = place.slice(0, Math.max(0, place.lastIndexOf('.')))) {
    const line = members.find((member) => member.place === place)?.line
    if (line !== undefined) return line
  }
  const operations = report.document.operations ?? []
  return (operations.find(({ id }) => id === operation) ?? operations[0])?.line ?? 1
}

/** A file as a URI reference (RFC 3986): relative to the working folder, or `file://` for an absolute path. */
export function fileUri(file: string): string {
  const path = file.toWellFormed().replaceAll('\\', '/')
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  if (/^[a-z]:\//i.test(path)) return `file:///${path.slice(0, 2)}${encoded.slice(encoded.indexOf('/'))}`
  return path.startsWith('/') ? `file://${encoded}` : encoded
}
