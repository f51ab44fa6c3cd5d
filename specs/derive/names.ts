const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'change', DELETE: 'delete' }

/**
 * A name for an operation from its method and the last named segment of its path: `createWorkshop`, `listWorkshops`, `showWorkshop`,
 * `deleteWorkshop`. It says what the page says of itself, and not what the title's words are.
 */
export function operationId(method: string, path: string): string {
  const segments = path.split('/').filter(Boolean)
  const noun = segments.findLast((segment) => !/[{}]/.test(segment)) ?? 'root'
  const one = /\{[^{}]*\}/.test(segments.at(-1) ?? '')
  if (method === 'GET') return camelCase(one ? 'show' : 'list', one ? singular(noun) : noun)
  return camelCase(verbs[method] ?? method.toLowerCase(), one || method === 'POST' ? singular(noun) : noun)
}

const singular = (noun: string): string =>
  noun
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch|sh)es$/, '$1')
    .replace(/([^su])s$/, '$1')

function camelCase(...words: readonly string[]): string {
  const [first, ...rest] = words.flatMap((word) => word.split(/[^A-Za-z0-9]+/)).filter(Boolean)
  return (first ?? 'call') + rest.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}
