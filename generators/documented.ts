import { docsOf, type SchemaObject } from '../core/operation'
import type { DocumentedMember } from '../core/report'
import { isJson } from '../specs/mediaType'
import { flat } from './members'
import type { Subject } from './rule'
import { typesOf } from './schema'

/** A schema that holds itself is walked this deep. */
const maxDepth = 6

/**
 * What the docs name in the request and in each answer of an operation: the contract, to be drawn.
 * @param most members of each answer, at most; a member whose own are left out is marked so
 */
export function documentedMembers(subject: Subject, most = 500): readonly DocumentedMember[] {
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
  const answers = new Map<string, DocumentedMember & { statuses: string[]; cut?: true }>()
  for (const { status, content } of assumed.responses) {
    const schema = content.find(({ mediaType }) => isJson(mediaType))?.schema
    if (schema !== undefined) walk(schemas.assumed.flatten(schema), status)
  }
  return [...parameters, ...body, ...answers.values()]

  /** Outer members go first, as schemas may lead to each other without end. */
  function walk(root: SchemaObject, status: string): void {
    const todo = [{ place: 'answer.body', schema: root, required: true, depth: 0 }]
    let left = most
    for (let next = todo.shift(); next; next = todo.shift()) {
      const { place, schema, required, depth } = next
      const known = answers.get(place)
      if (known) known.statuses.push(status)
      else answers.set(place, { operation: id, place, type: typeName(schema), required, statuses: [status], ...docsOf(schema) })
      if (depth > maxDepth) continue
      const inner = [
        ...Object.entries(schema.properties ?? {}).map(([name, member]) => ({
          name,
          member,
          required: schema.required?.includes(name) ?? false,
        })),
        ...(schema.items !== undefined ? [{ name: '[]', member: schema.items, required: true }] : []),
      ]
      if (depth > 0 && inner.length > left) {
        const cut = answers.get(place)
        if (cut) cut.cut = true
        continue
      }
      left -= inner.length
      for (const one of inner)
        todo.push({ place: `${place}.${one.name}`, schema: schemas.assumed.flatten(one.member), required: one.required, depth: depth + 1 })
    }
  }
}

const typeName = (schema: SchemaObject): string => typesOf(schema).join(' or ') || 'any'
