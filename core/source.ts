import type { DocumentedMember, Report } from './report'

/** Where a document states something. */
export interface Source {
  /** From 1; 1 where it is not known. */
  readonly line: number
  /** The member that stands there; none: the operation as a whole. */
  readonly member?: DocumentedMember
}

/**
 * Where the document states what is promised of a place: at the member, or the nearest around it, or else at the operation.
 * @param operation none: that of any
 */
export function sourceOf(
  { members, document }: Pick<Report, 'members' | 'document'>,
  operation: string | undefined,
  place: string,
): Source {
  const own = members.filter((member) => operation === undefined || member.operation === operation)
  for (let rest = place; rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('.')))) {
    const member = own.find((one) => one.place === rest && one.line !== undefined)
    if (member?.line !== undefined) return { line: member.line, member }
  }
  const operations = document.operations ?? []
  return { line: (operations.find(({ id }) => id === operation) ?? operations[0])?.line ?? 1 }
}
