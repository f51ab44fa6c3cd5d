import type { DocsPlace } from './place'

/** A JSON Schema (2020-12 as of OpenAPI 3.1), or a boolean. `$ref`s stay as they are: resolve them with `ApiDocument.resolve`. */
export type Schema = boolean | SchemaObject
export interface SchemaObject {
  readonly [keyword: string]: unknown
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly 'x-docs'?: DocsPlace
  readonly 'x-promises'?: readonly SchemaPromise[]
}

/** Where the docs state a schema, to be laid into what tells of it. */
export const docsOf = (schema: SchemaObject | undefined): { readonly docs?: DocsPlace } =>
  schema?.['x-docs'] ? { docs: schema['x-docs'] } : {}

/**
 * What a description promises beyond the schema.
 * - `unique`: never seen twice. - `generated`: made by the server. - `custom-ignored`: a caller's own value takes no effect.
 * - `created-at`, `updated-at`: a time.
 */
export type SchemaPromise = 'unique' | 'generated' | 'custom-ignored' | 'created-at' | 'updated-at'

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required: boolean
  readonly schema: Schema
  /** How arrays and objects are written, where the document states it. */
  readonly style?: string
  readonly explode?: boolean
  /** The value is written as this media type, whatever the style. */
  readonly mediaType?: string
  /** It takes the caller's credential, of the security scheme named. `tokenUrl`: where OAuth 2.0 client credentials are exchanged for a token. */
  readonly credential?: {
    readonly scheme: string
    readonly kind: 'apiKey' | 'basic' | 'bearer'
    readonly tokenUrl?: string
    readonly scopes?: readonly string[]
  }
  readonly description?: string
  readonly docs?: DocsPlace
}

export interface MediaType {
  readonly mediaType: string
  readonly schema: Schema
  /** Of members of a form that are written in a way of their own (OpenAPI 3.1, Encoding Object). */
  readonly encoding?: Readonly<Record<string, Pick<Parameter, 'style' | 'explode' | 'mediaType'>>>
  /** Media types that the document states for members of a form in parts. */
  readonly partTypes?: Readonly<Record<string, string>>
}

/** What an answer says of another operation: which of its parameters take which values (OpenAPI, Link Object). */
export interface LinkDefinition {
  readonly name: string
  /** An `operationId`, or `METHOD path`. */
  readonly operation: string
  /** Runtime expressions or constants, by parameter, e.g. `$response.body#/id`. */
  readonly parameters: Readonly<Record<string, string>>
}

/** Where something is served (OpenAPI 3.1, Server Object): a URL template, and the default value of each variable. */
export interface ServerOfDocument {
  readonly url: string
  readonly variables: Readonly<Record<string, string>>
  /** The values of variables that are no others. */
  readonly allowed?: Readonly<Record<string, readonly string[]>>
}

export interface ResponseDefinition {
  /** `200`, `4XX` or `default`. */
  readonly status: string
  readonly description: string
  readonly content: readonly MediaType[]
  /** Stated headers of the answer but `Content-Type`, which OpenAPI ignores there. */
  readonly headers?: readonly Parameter[]
  readonly links?: readonly LinkDefinition[]
  readonly docs?: DocsPlace
}

/** One operation of an OpenAPI document; nothing in it is special to one API. */
export interface Operation {
  /** `operationId`, else `METHOD path`. */
  readonly id: string
  readonly method: string
  /** Path template with `{name}` parameters, without the servers' base path. */
  readonly path: string
  /** Where it is served, where that is not where the document is. */
  readonly server?: ServerOfDocument
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters: readonly Parameter[]
  /** Lists of credentials, any of which would do: those of one are among the parameters. */
  readonly credentials?: readonly (readonly Parameter[])[]
  readonly body?: { readonly required: boolean; readonly content: readonly MediaType[] }
  readonly responses: readonly ResponseDefinition[]
  readonly docs?: DocsPlace
}

/** The documented answer of a status, or of its class, or of any. */
export const responseOf = ({ responses }: Operation, status: number): ResponseDefinition | undefined =>
  [String(status), `${Math.floor(status / 100)}XX`, 'default']
    .map((wanted) => responses.find((response) => response.status === wanted))
    .find((response) => response !== undefined)

/** One assumption that an overlay made where the docs are silent: shown in the report. */
export interface Assumption {
  readonly place: string
  readonly question: string
  readonly assumption: string
  readonly reason: string
  /** File of the overlay. */
  readonly source: string
}

/** A loaded document: what the docs state (D), and the same narrowed by overlays (S). */
export interface ApiDocument {
  readonly title: string
  readonly version: string
  /** The file as the user named it. */
  readonly file: string
  readonly overlays: readonly string[]
  /** Where the document says that it is served. */
  readonly server?: ServerOfDocument
  /** Operations under D and under S, paired by place. */
  readonly operations: readonly { readonly documented: Operation; readonly assumed: Operation }[]
  readonly assumptions: readonly Assumption[]
  /** Contradictions and gaps that the document itself tells (`x-silences`), besides the assumptions. */
  readonly warnings: readonly string[]
  /** Whole documents, for `$ref`s. */
  readonly documented: Readonly<Record<string, unknown>>
  readonly assumed: Readonly<Record<string, unknown>>
  /**
   * Line of the file, from 1, that states a place of an operation, or what is nearest around it; the operation's own where the place is ''.
   * @param place as in `Finding.place`: `header.X-Auth-Token`, `body.spec.ingress.port`, `answer.body.metadata.uid`
   * @param statuses of an answer's place: the answers to look in, e.g. `200`; none: all
   */
  lineOf(operation: Operation, place: string, statuses?: readonly string[]): number
}
