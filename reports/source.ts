import type { Finding } from '../core/finding'
import type { Report } from '../core/report'
import { sourceLine } from '../core/source'

/** The line of the document at which a finding points, from 1. */
export const lineOf = (report: Report, { rule, place }: Finding): number =>
  sourceLine(report, report.rules.find(({ id }) => id === rule)?.operation, place)

/** A file as a URI reference (RFC 3986): relative to the working folder, or `file://` for an absolute path. */
export function fileUri(file: string): string {
  const path = file.toWellFormed().replaceAll('\\', '/')
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  if (/^[a-z]:\//i.test(path)) return `file:///${path.slice(0, 2)}${encoded.slice(encoded.indexOf('/'))}`
  return path.startsWith('/') ? `file://${encoded}` : encoded
}
