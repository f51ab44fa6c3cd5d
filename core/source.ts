import type { Report } from './report'

/**
 * The line at which the document states what is promised of a place: that of the member, or of the nearest around it, or else of the operation.
 * @param operation none: that of any
 * @returns from 1; 1 where it is not known
 */
export function sourceLine(
  { members, document }: Pick<Report, 'members' | 'document'>,
  operation: string | undefined,
  place: string,
): number {
  const own = members.filter((member) => operation === undefined || member.operation === operation)
  for (let rest = place; rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('.')))) {
    const line = own.find((member) => member.place === rest && member.line !== undefined)?.line
    if (line !== undefined) return line
  }
  const operations = document.operations ?? []
  return (operations.find(({ id }) => id === operation) ?? operations[0])?.line ?? 1
}
