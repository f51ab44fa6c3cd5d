/**
 * A path with `{name}` parameters as the source of a pattern that captures each of them.
 * @param value pattern of what may stand for one
 */
export function templatePattern(template: string, value: string): { readonly source: string; readonly names: readonly string[] } {
  const names: string[] = []
  const source = template.replace(/\{([^}]+)\}|[\\^$.*+?()[\]{}|]/g, (text, name?: string) => {
    if (name === undefined) return `\\${text}`
    names.push(name)
    return `(${value})`
  })
  return { source, names }
}

/**
 * The path parameters of a request target, as they were sent (percent-encoded).
 * @param template path with `{name}` parameters
 * @param target as in the request line, without the base path
 * @returns values by name; none where the target is not of the template
 */
export function pathValues(template: string, target: string): Readonly<Record<string, string>> {
  const { source, names } = templatePattern(template, '[^/]*')
  const found = new RegExp(`^${source}/?$`).exec(target.split('?')[0] ?? '')
  return found ? Object.fromEntries(names.map((name, index) => [name, found[index + 1] as string])) : {}
}
