import { isAbsolute, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { UsageError } from '../core/errors'
import { isObject, valueAt } from '../core/json'
import { readRemote, readText } from './files'
import { nestedReasonably, type ParsedFile, parseText } from './parse'
import { pointerSegments } from './pointer'

/** The way from the root of a file to a value, innermost first. */
interface Trail {
  readonly key: string | number
  readonly above: Trail | undefined
}

interface Reference {
  readonly holder: { $ref: string }
  readonly trail: Trail | undefined
}

/** A file of a document: its address, and where it stands in the whole. */
interface Part {
  readonly parsed: ParsedFile
  readonly address: URL
  /** Empty for the file that the user named. */
  readonly prefix: string
}

/** Takes the path of a file. */
export type OnFile = (path: string) => void

/** The member under which a document holds the other files that it refers to. */
const filesKey = 'x-plumbline-files'

/** Whether a `$ref` leads into another file. */
export const leadsElsewhere = (ref: string): boolean => ref.startsWith(`#/${filesKey}/`)

/**
 * Reads the files that a document refers to, theirs too, and puts them beside it under one member of its own, so that every `$ref` is
 * local. Nothing is dereferenced: each file is there once, however often and in whatever circle it is referred to.
 * @param path of the document's file, against which its `$ref`s are resolved (RFC 3986, 5.2)
 * @param options.remote `http:` and `https:` are fetched too; a remote file never leads back to the disk
 * @param options.onFile told of each file on the disk before it is read
 * @throws UsageError with file, line and column of a `$ref` that cannot be followed
 */
export async function gather(
  spec: ParsedFile,
  path: string,
  options: { readonly remote?: boolean; readonly onFile?: OnFile } = {},
): Promise<ParsedFile> {
  const whole: Part = { parsed: spec, address: pathToFileURL(path), prefix: '' }
  const parts = new Map<string, Part>([[whole.address.href, whole]])
  const files: Record<string, unknown> = {}
  // Those that are read on the way are added behind.
  for (const part of parts.values()) {
    for (const { holder, trail } of nestedReasonably(part.parsed.file, () => referencesIn(part.parsed.data))) {
      const ref = holder.$ref
      if (part === whole && ref.startsWith('#')) continue
      const at = () => part.parsed.at([...pathOf(trail), '$ref'])
      const target = await followed(part, ref, at)
      const fragment = ref.includes('#') ? ref.slice(ref.indexOf('#') + 1) : ''
      if (fragment !== '' && !fragment.startsWith('/'))
        throw new UsageError(`$ref ${ref} names an anchor; in other files only a way to a value (#/…) is followed`, at())
      if (valueAt(target.parsed.data, pointerSegments(`#${fragment}`)) === undefined)
        throw new UsageError(`$ref ${ref} leads nowhere`, at())
      holder.$ref = `#${target.prefix}${fragment}`
    }
  }
  if (parts.size === 1) return spec
  const all = [...parts.values()]
  return {
    file: spec.file,
    data: { ...spec.data, [filesKey]: files },
    at: (path) => (path[0] === filesKey ? (all[Number(path[1])] ?? whole).parsed.at(path.slice(2)) : spec.at(path)),
    lineOf: spec.lineOf,
  }

  async function followed(from: Part, ref: string, at: () => string): Promise<Part> {
    if (ref.startsWith('#')) return from
    const address = addressOf(ref, from.address, at)
    const known = parts.get(address.href)
    if (known) return known
    if (address.protocol === 'file:' && from.address.protocol !== 'file:')
      throw new UsageError(`$ref ${ref} leads from a remote file to the disk, which is not followed`, at())
    if (address.protocol !== 'file:' && !options.remote)
      throw new UsageError(`$ref ${ref} is remote; give --remote-refs to fetch it, or bundle the document first`, at())
    if (address.protocol === 'file:') options.onFile?.(fileURLToPath(address))
    const parsed = await read(address).catch((error: unknown) => {
      throw error instanceof UsageError && error.place === nameOf(address) ? new UsageError(`$ref ${ref}: ${error.message}`, at()) : error
    })
    const key = String(parts.size)
    const part = { parsed, address, prefix: `/${filesKey}/${key}` }
    parts.set(address.href, part)
    files[key] = parsed.data
    return part
  }
}

const read = async (address: URL): Promise<ParsedFile> =>
  parseText(
    address.protocol === 'file:' ? await readText(fileURLToPath(address), nameOf(address)) : await readRemote(address),
    nameOf(address),
  )

/** Files as seen from where the command runs. */
function nameOf(address: URL): string {
  if (address.protocol !== 'file:') return address.href
  const path = fileURLToPath(address)
  const near = relative(process.cwd(), path)
  return near.startsWith('..') || isAbsolute(near) ? path : near
}

function addressOf(ref: string, base: URL, at: () => string): URL {
  const file = ref.replace(/#.*$/s, '')
  try {
    const address = new URL(file, base)
    if (['file:', 'http:', 'https:'].includes(address.protocol)) {
      // One file whichever way its name is encoded.
      return address.protocol === 'file:' ? pathToFileURL(fileURLToPath(address)) : address
    }
  } catch {
    // Told below.
  }
  throw new UsageError(`$ref ${ref} is no address of a file`, at())
}

function pathOf(trail: Trail | undefined): (string | number)[] {
  const path: (string | number)[] = []
  for (let step = trail; step; step = step.above) path.unshift(step.key)
  return path
}

/** Data, not description: a `$ref` in there is a member like any other. */
const data = new Set(['example', 'examples', 'default', 'enum', 'const'])

/** Members whose own members bear names of the author's choice. */
const maps = new Set([
  ...['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'],
  ...['paths', 'webhooks', 'pathItems', 'responses', 'headers', 'content', 'callbacks', 'links', 'encoding'],
  ...['schemas', 'requestBodies', 'parameters', 'securitySchemes', 'securityDefinitions'],
])

/** Every `$ref` of a document, each once; a schema with an `$id` of its own keeps those inside, which are relative to it. */
function referencesIn(root: Record<string, unknown>): Reference[] {
  const found: Reference[] = []
  const seen = new Set<object>()
  const visit = (value: unknown, trail: Trail | undefined, isMap: boolean): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    if (Array.isArray(value)) {
      for (const [key, item] of value.entries()) visit(item, { key, above: trail }, false)
      return
    }
    if (!isObject(value) || (!isMap && trail && typeof value.$id === 'string')) return
    if (!isMap && typeof value.$ref === 'string') found.push({ holder: value as { $ref: string }, trail })
    for (const [key, item] of Object.entries(value)) {
      if (isMap) visit(item, { key, above: trail }, false)
      else if (!data.has(key) && !key.startsWith('x-')) visit(item, { key, above: trail }, maps.has(key))
    }
  }
  visit(root, undefined, false)
  return found
}
