import type { Report } from '../core/report'

/** Names the published JSON Schema of report.json, `report.schema.json` beside this file: its `$id`. */
export const reportSchemaId = 'urn:plumbline-api:report:1'

/** `report.json`: the report as it is, with the name of its schema, indented by two spaces, with a line end. */
export const renderJson = (report: Report): string => `${JSON.stringify({ $schema: reportSchemaId, ...report }, null, 2)}\n`
