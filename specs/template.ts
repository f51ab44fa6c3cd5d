/**
 * The path parameters of a request target, as they were sent (percent-encoded).
 * @param template path with `{name}` parameters
 * @param target as in the request line, without the base path
 * @returns values by name; none where the target is not of the template
 */
export function pathValues(template: string, target: string): Readonly<Record<string, string>> {
  const names: string[] = []
  const pattern = template
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
      names.push(part.slice(1, -1))
      return '([^/]*)'
    })
    .join('')
  const found = new RegExp(`^${pattern}/?$`).exec(target.split('?')[0] ?? '')
  return found ? Object.fromEntries(names.map((name, index) => [name, found[index + 1] as string])) : {}
}
