import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Report } from '../core/report'
import { renderCtrf } from './ctrf'
import { type Format, formatFiles } from './formats'
import { renderGithub } from './github'
import { renderHar } from './har'
import { renderHtml } from './html/page'
import { renderJson } from './json'
import { renderJunit } from './junit'
import { renderMarkdown } from './markdown'
import { renderSarif } from './sarif'

const renderers: Readonly<Record<Format, (report: Report) => string>> = {
  html: renderHtml,
  json: renderJson,
  junit: renderJunit,
  sarif: renderSarif,
  markdown: renderMarkdown,
  github: renderGithub,
  har: renderHar,
  ctrf: renderCtrf,
}

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
      // On an error, its event is still to come: it is told here.
      if (error) return fail(error)
      process.stdout.off('error', fail)
      done()
    })
  })
}

async function toFile(file: string, text: string, append: boolean): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await (append ? appendFile : writeFile)(file, text)
}

/** A report that is asked for. */
export interface Wanted {
  readonly format: Format
  /** Relative to the working folder; `-` is standard output. None: the format's own file in the folder of the reports. */
  readonly file?: string
  /** Put behind what the file holds, as GitHub wants it of a job's summary. */
  readonly append?: boolean
}

/** Where a report goes: its own file, or standard output (`-`). */
export const destination = ({ format, file }: Wanted, dir: string): string =>
  file ?? (formatFiles[format] === '-' ? '-' : join(dir, formatFiles[format]))

/**
 * Writes a report in each of the formats asked for and makes the folders it needs. Never throws: a report that cannot be made or
 * written is told in `failed`, and the others are written all the same.
 * @param options.dir folder of the reports without a file of their own
 */
export async function writeReports(
  report: Report,
  options: { readonly dir: string; readonly formats: readonly Wanted[] },
): Promise<Written> {
  const result: Written = { written: [], failed: [] }
  for (const wanted of options.formats) {
    const file = destination(wanted, options.dir)
    try {
      const text = renderers[wanted.format](report)
      if (file === '-') await toStdout(text)
      else {
        await toFile(file, text, wanted.append ?? false)
        result.written.push(file)
      }
    } catch (error) {
      result.failed.push({ file, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return result
}
