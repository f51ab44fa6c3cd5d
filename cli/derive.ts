import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { UsageError } from '../core/errors'
import { derivePage, stringifyDocument } from '../specs/derive'
import { readText } from '../specs/files'

/** Writes the document that a page describes; what could not become a fact goes to standard error with its line. */
export async function deriveCommand(page: string, options: { readonly out?: string }): Promise<void> {
  const { document, warnings } = derivePage(await readText(page), { page: basename(page) })
  for (const { line, message } of warnings) process.stderr.write(`${page}:${line}: warning: ${message}\n`)
  const text = stringifyDocument(document)
  if (options.out === undefined) {
    process.stdout.write(text)
    return
  }
  try {
    await writeFile(options.out, text)
  } catch (error) {
    throw new UsageError(`cannot be written: ${(error as Error).message}`, options.out)
  }
}
