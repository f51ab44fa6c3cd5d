import { UsageError } from '../core/errors'
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

/** Serves a document as it promises, or a variant of the reference, until it is stopped. `PLUMBLINE_TOKEN` is the only token that it takes. */
export async function serveCommand(options: Options): Promise<void> {
  const document = await loadDocument(documentOf(options))
  const variant = options.break === undefined ? {} : { variant: options.break }
  const token = process.env.PLUMBLINE_TOKEN?.trim() || undefined
  const known = token === undefined ? {} : { token }
  const server = await startReference({ document, port: options.port, ...variant, ...known }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new UsageError(`--port ${options.port}: another program listens there; give another`)
    if (error.code === 'EACCES') throw new UsageError(`--port ${options.port}: no permission to listen there; give one from 1024 on`)
    throw error
  })
  const name = options.break ?? (options.spec === undefined ? 'reference' : `${document.title} ${document.version}`.trim())
  process.stdout.write(`${name} listens on ${server.url}; press Ctrl-C to stop\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void server.close().then(() => process.exit(0))
    })
}
