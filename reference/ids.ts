import { randomUUID } from 'node:crypto'
import { type Json, valueAt } from '../core/json'
import type { ApiDocument, Operation, Schema } from '../core/operation'
import { arbitrary } from '../generators/arbitrary'
import { successSchema } from '../generators/dependences/answers'
import { dependencesOf } from '../generators/dependences/dependence'
import { scalar } from '../generators/dependences/values'
import { CannotGenerate } from '../generators/json-schema'
import { sentSchema } from '../generators/members'
import { replaceAt } from '../generators/plain'
import { random } from '../generators/random'
import { type Schemas, typesOf } from '../generators/schema'
import type { Call } from './stages'
import type { Store } from './store'

/** Gives each thing that is created an id of its own, where the document has other operations take it. */
interface Ids {
  /** The answer with fresh ids in place of those that the caller has not sent. */
  (answer: Json, sent: unknown, call: Call): Json
  /** What stands behind the collection's path in the thing's own; undefined: it has none. */
  idOf(answer: Json, call: Call): string | undefined
}

export function createIds(document: ApiDocument, store: Store, schemas: Schemas): Ids {
  const dependences = [...dependencesOf(document).values()].flat()
  let count = 0

  function fresh(schema: Schema): Json {
    count++
    const flat = schemas.flatten(schema)
    const types = typesOf(flat)
    const isNumber = types.includes('integer') || types.includes('number')
    const simple = isNumber && !types.includes('string') ? Math.max(Number(flat.minimum ?? 1), 1) + count - 1 : randomUUID()
    if (schemas.valid(schema, simple)) return simple
    try {
      return arbitrary(schemas, schema).generate(random(count, 'id'), undefined).value
    } catch (error) {
      if (error instanceof CannotGenerate) return simple
      throw error
    }
  }

  /** The caller may choose it. */
  function isWritable(operation: Operation, way: readonly string[]): boolean {
    const member = way.reduce<Schema | undefined>(
      (inner, name) => schemas.flatten(inner).properties?.[name],
      sentSchema(operation) ?? false,
    )
    return member !== undefined && schemas.flatten(member).readOnly !== true
  }

  const ids = (answer: Json, sent: unknown, { assumed }: Call): Json =>
    assumed === undefined || !store.keeps(assumed)
      ? answer
      : store.idsOf(assumed).reduce<Json>((made, way) => {
          const isCallers = isWritable(assumed, way) && valueAt(sent as Json, way) !== undefined
          if (isCallers || valueAt(made, way.slice(0, -1)) === undefined) return made
          const schema = way.reduce<Schema | undefined>((inner, name) => schemas.flatten(inner).properties?.[name], successSchema(assumed))
          const promises = typeof schema === 'object' ? (schema['x-promises'] ?? []) : []
          return promises.length > 0 ? made : replaceAt(made, way, fresh(schema ?? true))
        }, answer)

  return Object.assign(ids, {
    idOf(answer: Json, { assumed, body }: Call): string | undefined {
      const item = dependences.find(
        ({ producer, consumer, link }) => producer === assumed && link === undefined && consumer.path.startsWith(`${producer.path}/{`),
      )
      if (!item) return undefined
      const [name, sources] = Object.entries(item.values).at(-1) ?? []
      for (const source of sources ?? []) {
        if (source.part === 'answer') return scalar(valueAt(answer, source.way))
        if (source.part === 'body') return scalar(valueAt(JSON.parse(body.toString('utf8') || 'null') as Json, source.way))
      }
      return scalar(fresh(item.consumer.parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema ?? true))
    },
  })
}
