import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../core/errors'

const maxBytes = 128 * 1024 * 1024

/**
 * The text of a file that a user names, without a byte order mark.
 * @param name for messages, where it is not the path
 * @throws UsageError if it is not there, not readable, not UTF-8 or over 128 MiB
 */
export async function readText(file: string, name = file): Promise<string> {
  try {
    return await bounded(createReadStream(file), name)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`cannot be read: ${whyUnread(error)}`, name)
  }
}

/** Seconds until a server that does not answer is given up. */
const patience = 30

/**
 * The text of a remote file, through the proxy that the environment names.
 * @throws UsageError if the server does not answer with 200, or as `readText` does
 */
export async function readRemote(url: URL): Promise<string> {
  // Hardly ever needed, and slow to load.
  const { EnvHttpProxyAgent, request } = await import('undici')
  const dispatcher = new EnvHttpProxyAgent()
  try {
    const { statusCode, body } = await request(url, { dispatcher, signal: AbortSignal.timeout(patience * 1000) })
    if (statusCode !== 200) throw new UsageError(`cannot be read: the server answers ${statusCode}`, url.href)
    return await bounded(body, url.href)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { message, code } = error as NodeJS.ErrnoException
    throw new UsageError(`cannot be read: ${message || code}`, url.href)
  } finally {
    await dispatcher.destroy()
  }
}

/** What says it is small may have no end, as a device does. */
async function bounded(stream: AsyncIterable<Buffer>, name: string): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of stream) {
    size += piece.length
    if (size > maxBytes) throw new UsageError('is too large: at most 128 MiB are read', name)
    pieces.push(piece)
  }
  return textOf(Buffer.concat(pieces), name)
}

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError('is not UTF-8 text; save it as UTF-8', name)
  }
}

/** Whether a text is a web page, or XML, in place of what was looked for. */
export const isMarkup = (text: string): boolean => /^\s*<(?:!doctype|html|\?xml)/i.test(text)

/** Why the system does not let a file be read, in words. */
export function whyUnread(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES' || code === 'EPERM') return 'no permission'
  return message
}

let root: string | undefined

/** The folder of this package: the same data files are found from the checkout, from `dist/` and from an installed tarball. */
export function packageRoot(): string {
  root ??= findRoot(__dirname)
  return root
}

function findRoot(folder: string): string {
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'plumbline-api') return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('the package.json of plumbline-api is in none of the folders above')
  return findRoot(parent)
}
