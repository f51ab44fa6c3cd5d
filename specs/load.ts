import { isAbsolute, join, relative, resolve as resolvePath } from 'node:path'
import { UsageError } from '../core/errors'
import { isObject, valueAt } from '../core/json'
import type { ApiDocument, Schema, SchemaObject } from '../core/operation'
import { packageRoot, readText } from './files'
import { gather, type OnFile } from './gather'
import { pathOf } from './locate'
import { withKnownAlone } from './openapi/discriminator'
import { type NormaliseOptions, normaliseSchemas } from './openapi/normalise'
import { readOperations } from './openapi/operations'
import type { Given } from './openapi/security'
import { readServer } from './openapi/server'
import { withoutFlagged } from './openapi/views'
import { applyOverlay, type Overlay, readOverlay } from './overlay'
import { nestedReasonably, type ParsedFile, parseText } from './parse'
import { copy, pointerSegments } from './pointer'
import { fromSwagger } from './swagger'

type Members = Record<string, unknown>

/** The API whose documentation comes with this package: what its page states, and what is assumed besides. */
export const bundled = { spec: 'specs/create-workshop.openapi.yaml', overlay: 'specs/create-workshop.overlay.yaml' } as const

/** The calls beside it, which list and delete what it creates: an overlay that is laid over it where they are asked for. */
export const bundledSiblings = 'specs/workshop-siblings.overlay.yaml'

export interface LoadOptions {
  readonly spec?: string
  readonly overlays?: readonly string[]
  readonly remoteRefs?: boolean
  readonly given?: Given
  /** Told of each file that the document's `$ref`s name, before it is read. */
  readonly onFile?: OnFile
}

/**
 * Loads an OpenAPI 3.0 or 3.1 document (JSON or YAML, of one file or several) with overlays on top. Swagger 2.0 is converted first.
 * @param options.spec the document's file; the bundled API if left out. The bundled API always comes with its own overlay.
 * @param options.remoteRefs fetch what `$ref`s name by `http:` and `https:`
 * @param options.overlays files of OpenAPI Overlays, applied in order
 * @param options.given the credentials that the caller has, for operations that take one or another
 * @throws UsageError for a file that cannot be read or is no such document, in one line with its place
 */
export async function loadDocument(options: LoadOptions = {}): Promise<ApiDocument> {
  const root = packageRoot()
  const own = options.spec === undefined || resolvePath(options.spec) === join(root, bundled.spec)
  const read = async (file: string, name = file) => parseText(await readText(file), name)
  const path = own ? join(root, bundled.spec) : options.spec!
  const named = await read(path, own ? bundled.spec : path)
  checkVersion(named)
  const spec = await fromSwagger(
    await gather(named, path, { remote: options.remoteRefs ?? false, ...(options.onFile ? { onFile: options.onFile } : {}) }),
  )
  const overlays = own ? [await read(join(root, bundled.overlay), bundled.overlay)] : []
  for (const file of options.overlays ?? []) overlays.push(await read(file, shown(file)))
  return createDocument(spec, overlays, options.given)
}

const shown = (file: string): string => {
  const path = relative(process.cwd(), file)
  return isAbsolute(file) && !path.startsWith('..') ? path : file
}

/**
 * Makes a document out of files already read: D from the document itself, S from the same under the overlays.
 * @throws UsageError as `loadDocument` does
 */
export function createDocument(spec: ParsedFile, overlayFiles: readonly ParsedFile[] = [], given?: Given): ApiDocument {
  checkVersion(spec)
  return nestedReasonably(spec.file, () => assemble(spec, overlayFiles, given))
}

function assemble(spec: ParsedFile, overlayFiles: readonly ParsedFile[], given?: Given): ApiDocument {
  const overlays = overlayFiles.map(readOverlay)
  const warnings = new Set<string>()
  const options: NormaliseOptions = { at: spec.at, warn: (message) => warnings.add(message) }
  const data = overlaid(spec.data, overlays)
  const documented = spec.data
  normaliseSchemas(documented, options)
  const documentedOperations = withoutFlagged(documented, readOperations(documented, options, given))
  if (documentedOperations.length === 0) throw new UsageError('has no operation under paths: there is nothing to test', spec.file)

  const overlayOptions: NormaliseOptions = { at: (path) => `${overlays.at(-1)?.file ?? spec.file}, at ${path.join('.')}`, warn: () => {} }
  if (overlays.length > 0) normaliseSchemas(data, overlayOptions)
  const known = withKnownAlone(data)
  const assumed = known?.document ?? data
  const assumedOperations =
    assumed === documented
      ? documentedOperations
      : withoutFlagged(
          assumed,
          readOperations(assumed, overlayOptions, given).map((one) => known?.seen(one) ?? one),
        )
  const server = readServer(documented)
  const info = isObject(documented.info) ? documented.info : {}
  return {
    title: String(info.title ?? spec.file),
    version: String(info.version ?? ''),
    file: spec.file,
    overlays: overlays.map(({ file }) => file),
    ...(server ? { server } : {}),
    // An operation that only an overlay describes is documented there; one that an overlay removes is not tested.
    operations: assumedOperations.map((operation) => ({
      documented: documentedOperations.find(({ method, path }) => method === operation.method && path === operation.path) ?? operation,
      assumed: operation,
    })),
    assumptions: overlays.flatMap(({ actions, silences }) => [...actions.map(({ assumption }) => assumption), ...silences]),
    warnings: [...ownWarnings(documented), ...warnings],
    documented,
    assumed,
    lineOf: (operation, place, statuses) => spec.lineOf(pathOf(documented, operation, place, statuses)),
  }
}

function overlaid(document: Members, overlays: readonly Overlay[]): Members {
  if (overlays.length === 0) return document
  const target = copy(document)
  for (const overlay of overlays) applyOverlay(target, overlay)
  return target
}

function checkVersion({ data, file, at }: ParsedFile): void {
  if (data.overlay !== undefined) throw new UsageError('is an overlay, not an OpenAPI document: give it with --overlay', file)
  if (data.openapi === undefined && data.swagger === undefined)
    throw new UsageError('is no OpenAPI document: it has no `openapi: 3.1.0`', file)
  if (data.swagger === undefined && !/^3\.[01]\.\d+/.test(String(data.openapi))) {
    throw new UsageError(`OpenAPI ${String(data.openapi)} is not known; 3.0, 3.1 and Swagger 2.0 are`, at(['openapi']))
  }
  if (!isObject(data.paths) || Object.keys(data.paths).length === 0)
    throw new UsageError('has no paths: there is nothing to test', at(['paths']))
}

/** What deriving the document could not turn into facts: `x-warnings`, a list of `{ page, line, message }`. */
function ownWarnings(document: Members): string[] {
  const list = document['x-warnings']
  if (!Array.isArray(list)) return []
  return list.filter(isObject).map(({ page, line, message }) => `${String(page)}:${String(line)}: ${String(message)}`)
}

const resolved = new WeakMap<SchemaObject, Schema>()

/**
 * The schema that a `$ref` leads to, through chains of `$ref`s; a schema without one is returned as it is. One step: `$ref`s inside stay.
 * Annotations beside the `$ref` (description, examples, `x-docs`, …) are laid over those of its target; if other keywords stand there, the
 * result is an `allOf` of both. The same schema object always gives the same result object, so that validators are compiled once.
 * @param document the whole document that the schema belongs to
 * @throws UsageError for a `$ref` to nowhere
 */
export function resolve(document: Readonly<Record<string, unknown>>, schema: Schema): Schema {
  if (typeof schema === 'boolean' || schema.$ref === undefined || !schema.$ref.startsWith('#')) return schema
  const known = resolved.get(schema)
  if (known !== undefined) return known
  const target = valueAt(document, pointerSegments(schema.$ref))
  if (typeof target !== 'boolean' && !isObject(target)) throw new UsageError(`$ref ${schema.$ref} leads nowhere`)
  const { $ref, ...siblings } = schema
  const result = beside(siblings, resolve(document, target as Schema), $ref)
  resolved.set(schema, result)
  return result
}

const annotation = /^(x-|title$|description$|examples$|default$|deprecated$|readOnly$|writeOnly$|externalDocs$|xml$|\$comment$)/

function beside(siblings: SchemaObject, target: Schema, $ref: string): Schema {
  const keys = Object.keys(siblings)
  if (keys.length === 0) return target
  if (keys.every((key) => annotation.test(key))) return typeof target === 'boolean' ? target : { ...target, ...siblings }
  return { ...siblings, allOf: [{ $ref }, ...((siblings.allOf as Schema[] | undefined) ?? [])] }
}
