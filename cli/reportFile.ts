import { UsageError } from '../core/errors'
import type { Report } from '../core/report'
import { readText } from '../specs/files'

/**
 * Reads a `report.json`.
 * @throws UsageError if the file is no report of a version that is known
 */
export async function readReport(file: string): Promise<Report> {
  return asReport(await parsed(file), file)
}

async function parsed(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(file))
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`is not JSON: ${(error as Error).message}`, file)
  }
}

const lists = ['findings', 'rules', 'members', 'silences', 'notes', 'notTestable'] as const

function asReport(value: unknown, file: string): Report {
  const report = value as Report | null
  const whole =
    report?.version === 1 &&
    lists.every((name) => Array.isArray(report[name]) && (report[name] as unknown[]).every((item) => typeof item === 'object' && item)) &&
    typeof report.seed === 'number' &&
    typeof report.target === 'string' &&
    typeof report.document === 'object' &&
    report.document !== null &&
    report.findings.every(
      ({ id, title, place, rules }) => [id, title, place].every((text) => typeof text === 'string') && Array.isArray(rules),
    )
  if (!whole) throw new UsageError('is not a report.json of plumbline (version 1)', file)
  return report
}
