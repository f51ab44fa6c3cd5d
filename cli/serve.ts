import { startReference } from '../reference/server'
import { loadDocument } from '../specs/load'

/** Serves the reference, or a variant, until it is stopped. */
export async function serveCommand(options: { readonly break?: string; readonly port: number }): Promise<void> {
  const document = await loadDocument({})
  const server = await startReference({ document, port: options.port, ...(options.break !== undefined ? { variant: options.break } : {}) })
  process.stdout.write(`${options.break ?? 'reference'} listens on ${server.url}; press Ctrl-C to stop\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void server.close().then(() => process.exit(0))
    })
}
