import { startReference } from '../reference/server'
import { loadDocument } from '../specs/load'
import { documentOf } from './documentOf'

interface Options {
  readonly spec?: string
  readonly remoteRefs?: boolean
  readonly overlay: readonly string[]
  readonly break?: string
  readonly port: number
}

/** Serves a document as it promises, or a variant of the reference, until it is stopped. */
export async function serveCommand(options: Options): Promise<void> {
  const document = await loadDocument(documentOf(options))
  const server = await startReference({ document, port: options.port, ...(options.break !== undefined ? { variant: options.break } : {}) })
  const name = options.break ?? (options.spec === undefined ? 'reference' : `${document.title} ${document.version}`.trim())
  process.stdout.write(`${name} listens on ${server.url}; press Ctrl-C to stop\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void server.close().then(() => process.exit(0))
    })
}
