import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Report } from '../core/report'
import { renderHtml } from './html/page'
import { renderJson } from './json'

/** Report formats: the file that each is written to, and how it is made. */
const renderers = {
  html: { file: 'index.html', render: renderHtml },
  json: { file: 'report.json', render: renderJson },
} as const satisfies Record<string, { file: string; render: (report: Report) => string }>

export type Format = keyof typeof renderers

export const formats = Object.keys(renderers) as readonly Format[]

/** What came of writing reports. */
export interface Written {
  /** Files that were written; standard output is not among them. */
  readonly written: string[]
  readonly failed: { readonly file: string; readonly message: string }[]
}

function toStdout(text: string): Promise<void> {
  return new Promise((done, fail) => {
    process.stdout.once('error', fail)
    process.stdout.write(text, (error) => {
      process.stdout.off('error', fail)
      if (error) fail(error)
      else done()
    })
  })
}

async function toFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

/**
 * Writes a report in each of the formats asked for and makes the folders it needs. Never throws: a report that cannot be made or
 * written is told in `failed`, and the others are written all the same.
 * @param options.dir folder of the reports without a file of their own
 * @param options.formats `file` is relative to the working folder; `-` is standard output
 */
export async function writeReports(
  report: Report,
  options: { readonly dir: string; readonly formats: readonly { readonly format: Format; readonly file?: string }[] },
): Promise<Written> {
  const result: Written = { written: [], failed: [] }
  for (const { format, file = join(options.dir, renderers[format].file) } of options.formats) {
    try {
      const text = renderers[format].render(report)
      if (file === '-') await toStdout(text)
      else {
        await toFile(file, text)
        result.written.push(file)
      }
    } catch (error) {
      result.failed.push({ file, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return result
}
