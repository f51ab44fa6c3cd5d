/** What a cell of the column Type says. */
export type TypeExpression =
  | { readonly kind: 'basic'; readonly schema: Readonly<Record<string, unknown>> }
  | { readonly kind: 'array'; readonly items: TypeExpression }
  | { readonly kind: 'map'; readonly values: TypeExpression }
  | { readonly kind: 'object'; readonly name: string }
  | { readonly kind: 'unknown'; readonly text: string }

const basics: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  int: { type: 'integer' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  long: { type: 'integer', format: 'int64' },
  number: { type: 'number' },
  bigdecimal: { type: 'number' },
  float: { type: 'number', format: 'float' },
  double: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  bool: { type: 'boolean' },
  object: { type: 'object' },
  map: { type: 'object' },
  array: { type: 'array' },
  list: { type: 'array' },
}

const name = String.raw`[A-Za-z_$][\w$.«»-]*`
const forms: readonly (readonly [RegExp, (...groups: string[]) => TypeExpression])[] = [
  [/^(?:an? )?(?:array|list|set)s? of (.+)$/i, (items) => ({ kind: 'array', items: readInner(items) })],
  [/^(?:array|list|set) ?<(.+)>(?: objects?)?$/i, (items) => ({ kind: 'array', items: readInner(items) })],
  [/^(\S+) arrays?$/i, (items) => ({ kind: 'array', items: readInner(items) })],
  [/^(.+)\[ ?\]$/, (items) => ({ kind: 'array', items: readInner(items) })],
  [/^\[ ?(.+?) ?\]$/, (items) => ({ kind: 'array', items: readInner(items) })],
  [/^map ?< ?string ?, ?(.+?) ?>(?: objects?)?$/i, (values) => ({ kind: 'map', values: readInner(values) })],
  [new RegExp(`^(${name}) objects?$`, 'i'), (object) => basicType(object) ?? { kind: 'object', name: object }],
]

/** Reads `String`, `Array of WorkshopSpec objects`, `Map<String,String>`, `[Integer]`, …; several levels too. */
export function readType(text: string): TypeExpression {
  const type = text.trim()
  const basic = basicType(type)
  if (basic) return basic
  for (const [pattern, make] of forms) {
    const match = pattern.exec(type)
    if (match) return make(...match.slice(1))
  }
  return { kind: 'unknown', text: type }
}

/** Inside an array or a map, a name alone means an object: `Array of WorkshopSpec`. */
function readInner(text: string): TypeExpression {
  const type = readType(text)
  return type.kind === 'unknown' && /^[A-Z]/.test(text) && new RegExp(`^${name}$`).test(text) ? { kind: 'object', name: text } : type
}

/** Basic types are written in any case, in the plural after "Array of". */
function basicType(type: string): TypeExpression | undefined {
  const word = type.toLowerCase()
  const schema = own(word) ?? own(word.replace(/s$/, ''))
  return schema && { kind: 'basic', schema }
}

const own = (word: string) => (Object.hasOwn(basics, word) ? basics[word] : undefined)

/** Names of the objects that a type refers to, in order. */
export function objectNames(type: TypeExpression): string[] {
  if (type.kind === 'object') return [type.name]
  if (type.kind === 'array') return objectNames(type.items)
  if (type.kind === 'map') return objectNames(type.values)
  return []
}
