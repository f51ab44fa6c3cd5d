import type { Report } from '../core/report'

/** `report.json`: the report as it is, indented by two spaces, with a line end. */
export const renderJson = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`
