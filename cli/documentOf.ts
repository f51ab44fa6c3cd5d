import type { LoadOptions } from '../specs/load'

/** The document that the options of a command name. */
export const documentOf = (options: {
  readonly spec?: string
  readonly overlay: readonly string[]
  readonly remoteRefs?: boolean
}): LoadOptions => ({
  ...(options.spec !== undefined ? { spec: options.spec } : {}),
  overlays: options.overlay,
  ...(options.remoteRefs ? { remoteRefs: true } : {}),
})
