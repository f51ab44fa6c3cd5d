/**
 * An OpenAPI document with schemas that refer to each other in circles. With 1,100 operations it is as large as the largest that are
 * published: 20 MB.
 */
export function largeDocument(operations: number): string {
  const count = Math.ceil((operations * 42) / 11)
  const schemas: Record<string, unknown> = {}
  const member = (i: number, k: number) =>
    [
      { type: 'string', description: `Text ${'x'.repeat(90)}`, maxLength: 20 + k },
      { type: 'integer', minimum: 0, maximum: 1000 + k, description: `Number ${'y'.repeat(80)}` },
      { type: 'boolean' },
      { type: 'array', items: { $ref: `#/components/schemas/S${(i * 7 + k) % count}` } },
      { oneOf: [{ type: 'object', required: ['none'] }, { $ref: `#/components/schemas/S${(i * 13 + k) % count}` }] },
      { type: 'string', enum: ['a', 'b', 'c'] },
    ][k % 6]
  for (let i = 0; i < count; i++) {
    const properties = Object.fromEntries(Array.from({ length: 24 }, (_, k) => [`member_${k}`, member(i, k)]))
    schemas[`S${i}`] = { type: 'object', description: `Schema ${i} ${'d'.repeat(700)}`, required: ['member_0', 'member_1'], properties }
  }
  const paths: Record<string, unknown> = {}
  for (let i = 0; i < operations; i++) {
    const method = ['get', 'post', 'get', 'patch', 'delete', 'put'][i % 6] as string
    schemas[`In${i}`] = {
      type: 'object',
      required: ['title', 'count'],
      properties: {
        title: { type: 'string', minLength: 1, maxLength: 80 },
        count: { type: 'integer', minimum: 0, maximum: 100 },
        labels: { type: 'array', items: { type: 'string' } },
        owner: { type: 'object', required: ['login'], properties: { login: { type: 'string', pattern: '^[a-z]{1,20}$' } } },
        url: { type: 'string', format: 'uri', nullable: true },
      },
    }
    const content = (name: string) => ({ content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } })
    paths[method === 'post' ? `/r${i}` : `/r${i}/{id}`] = {
      [method]: {
        operationId: `op${i}`,
        description: 'D'.repeat(600),
        ...(method === 'post' ? {} : { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] }),
        ...(['post', 'patch', 'put'].includes(method) ? { requestBody: { required: true, ...content(`In${i}`) } } : {}),
        responses: { 200: { description: 'ok', ...content(`S${i + 1}`) }, 400: { description: 'wrong', ...content('S0') } },
      },
    }
  }
  return JSON.stringify({ openapi: '3.0.3', info: { title: 'Large', version: '1' }, paths, components: { schemas } }, null, 1)
}
