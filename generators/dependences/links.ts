import type { Dependence, Source } from '../../core/dependence'
import type { LinkDefinition, Operation } from '../../core/operation'
import { namesOf } from './paths'

/** What a link of an answer says: which operation takes which of its values. None, where it names no other operation of the document. */
export function declaredBy(
  producer: Operation,
  { name, operation, parameters }: LinkDefinition,
  operations: readonly Operation[],
): Dependence[] {
  const consumer = operations.find(({ id, method, path }) => id === operation || `${method} ${path}` === operation)
  if (!consumer || consumer === producer) return []
  const own = Object.entries(parameters).flatMap(([key, expression]): [string, readonly Source[]][] => {
    const source = expressed(expression)
    return source ? [[key.replace(/^(path|query)\./, ''), [source]]] : []
  })
  const shared = namesOf(consumer.path)
    .filter((key) => namesOf(producer.path).includes(key) && !own.some(([other]) => other === key))
    .map((key): [string, readonly Source[]] => [key, [{ part: 'path', name: key }]])
  const values = Object.fromEntries([...shared, ...own])
  return [{ producer, consumer, link: name, values }]
}

/** A runtime expression (OpenAPI 3.1, Link Object) or a constant; undefined: one of which nothing is known here. */
function expressed(text: string): Source | undefined {
  const expression = /^\{(\$[^{}]+)\}$/.exec(text)?.[1] ?? text
  if (!expression.startsWith('$')) return { part: 'constant', value: expression }
  const [, of, part, rest = ''] = /^\$(request|response)\.(body|header|query|path)[#.]?(.*)$/.exec(expression) ?? []
  const way = rest
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (part === 'body') return of === 'response' ? { part: 'answer', way } : { part: 'body', way }
  if (part === 'header' && of === 'response') return { part: 'header', name: rest }
  return (part === 'query' || part === 'path') && of === 'request' ? { part, name: rest } : undefined
}
