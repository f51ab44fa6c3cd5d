import { appendFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Report } from '../core/report'
import { makeFolder } from './folder'
import { type Format, formatFiles } from './formats'

/** Loaded when they are asked for: a run begins with none of them. */
const renderers: Readonly<Record<Format, () => Promise<(report: Report) => string>>> = {
  html: async () => (await import('./html/page')).renderHtml,
  json: async () => (await import('./json')).renderJson,
  junit: async () => (await import('./junit')).renderJunit,
  sarif: async () => (await import('./sarif')).renderSarif,
  markdown: async () => (await import('./markdown')).renderMarkdown,
  github: async () => (await import('./github')).renderGithub,
  har: async () => (await import('./har')).renderHar,
  ctrf: async () => (await import('./ctrf')).renderCtrf,
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
  makeFolder(dirname(file))
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
      const render = await renderers[wanted.format]()
      const text = render(report)
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
