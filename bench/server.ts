import { subscribe } from 'node:diagnostics_channel'
import { startReference } from '../reference/server'
import { loadDocument } from '../specs/load'

/** What the server tells first. */
export interface Served {
  readonly url: string
}

/** What came to the server, as it sees it itself, so that whoever sends is timed alike. */
export interface Window {
  readonly requests: number
  /** From the first request to the end of the last answer that counts. */
  readonly seconds: number
}

/** Process of its own: serves the reference, or the variant that is named, until its parent ends. */
async function main(variant?: string): Promise<void> {
  let begun = 0
  let ends: number[] = []
  subscribe('http.server.request.start', () => {
    if (begun === 0) begun = performance.now()
  })
  subscribe('http.server.response.finish', () => ends.push(performance.now()))
  const { url } = await startReference({ document: await loadDocument({}), ...(variant !== undefined ? { variant } : {}) })
  process.on('message', ({ besides }: { readonly besides: number }) => {
    const last = ends.at(-1 - besides) ?? begun
    process.send?.({ requests: ends.length, seconds: (last - begun) / 1000 } satisfies Window)
    begun = 0
    ends = []
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ url } satisfies Served)
}

void main(process.argv[2])
