import type { SchemaObject } from '../core/operation'
import type { DocumentedMember } from '../core/report'
import { flat, isJson } from './members'
import type { Subject } from './rule'
import { typesOf } from './schema'

/** A schema that holds itself is walked this deep. */
const maxDepth = 6

/** What the docs name in the request and in each answer of an operation: the contract, to be drawn. */
export function documentedMembers(subject: Subject): readonly DocumentedMember[] {
  const { documented, assumed, schemas, id } = subject
  const parameters = documented.parameters.map(
    (parameter): DocumentedMember => ({
      operation: id,
      place: `${parameter.in}.${parameter.name}`,
      type: typeName(schemas.documented.flatten(parameter.schema)),
      required: parameter.required,
      ...(parameter.docs ? { docs: parameter.docs } : {}),
    }),
  )
  const body = subject.body
    ? flat(subject.body).map(
        (member): DocumentedMember => ({
          operation: id,
          place: member.place,
          type: typeName(member.documented),
          required: member.required,
          ...docsOf(member.documented),
        }),
      )
    : []
  const answers = new Map<string, DocumentedMember & { statuses: string[] }>()
  for (const { status, content } of assumed.responses) {
    const schema = content.find(({ mediaType }) => isJson(mediaType))?.schema
    if (schema !== undefined) walk('answer.body', schemas.assumed.flatten(schema), status, true, 0)
  }
  return [...parameters, ...body, ...answers.values()]

  function walk(place: string, schema: SchemaObject, status: string, required: boolean, depth: number): void {
    const known = answers.get(place)
    if (known) known.statuses.push(status)
    else answers.set(place, { operation: id, place, type: typeName(schema), required, statuses: [status], ...docsOf(schema) })
    if (depth > maxDepth) return
    for (const [name, member] of Object.entries(schema.properties ?? {}))
      walk(`${place}.${name}`, schemas.assumed.flatten(member), status, schema.required?.includes(name) ?? false, depth + 1)
    if (schema.items !== undefined) walk(`${place}.[]`, schemas.assumed.flatten(schema.items), status, true, depth + 1)
  }
}

const typeName = (schema: SchemaObject): string => typesOf(schema).join(' or ') || 'any'
const docsOf = (schema: SchemaObject) => (schema['x-docs'] ? { docs: schema['x-docs'] } : {})
