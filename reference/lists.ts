import type { Json } from '../core/json'
import type { Operation, Schema } from '../core/operation'
import { listWay, pageSizeName, successSchema } from '../generators/dependences/answers'
import { replaceAt } from '../generators/plain'
import type { Schemas } from '../generators/schema'
import { createView, held } from './answer'
import type { Route } from './routes'
import type { Call, Thing } from './stages'

/** @returns what writes a list as its operation documents it: the newest things, where it cannot hold them all */
export function createLists(schemas: Schemas): (route: Route, things: readonly Thing[], call: Call) => Json {
  const known = new Map<Operation, ReturnType<typeof compile>>()

  function compile(operation: Operation) {
    const whole = successSchema(operation) ?? true
    const way = listWay(operation, schemas) ?? []
    const array = schemas.flatten(way.reduce<Schema | undefined>((inner, name) => schemas.flatten(inner).properties?.[name], whole))
    const itemSchema = (array.items as Schema | undefined) ?? true
    const view = createView(schemas, itemSchema)
    const item = (value: Json) => held(schemas, itemSchema, view(value))
    const envelope = createView(schemas, whole)
    return (things: readonly Thing[], asked: number): Json => {
      const most = Math.min(asked, Number(array.maxItems ?? Number.POSITIVE_INFINITY))
      const shown = most < things.length ? things.slice(things.length - most) : things
      const items = shown.map(({ value }) => item(value))
      if (way.length === 0) return items
      const totals = Object.keys(schemas.flatten(whole).properties ?? {}).filter((name) => /^(total|count)(_?(count|items))?$/i.test(name))
      const sent = Object.fromEntries(totals.map((name) => [name, things.length]))
      return replaceAt(envelope(sent), way, items)
    }
  }

  return ({ assumed }, things, call) => {
    const write = known.get(assumed) ?? compile(assumed)
    known.set(assumed, write)
    const limit = [...call.query].find(([name]) => pageSizeName.test(name))?.[1]
    return write(things, limit !== undefined && /^\d+$/.test(limit) ? Number(limit) : Number.POSITIVE_INFINITY)
  }
}
