import { pageSizeName } from '../../generators/dependences/answers'
import { typesOf } from '../../generators/schema'
import { type Check, none } from '../check'
import type { Context } from '../context'
import { itemsOf, smallestPage } from '../lists'

/** A list holds no more items than a valid request has asked for, unless all pages are larger. */
export const pageSize: Check = {
  id: 'page-size',
  title: 'A list holds no more items than were asked for',
  look(context) {
    const { kind, owes, plan, body } = context
    if (kind !== 'success' || owes.success !== 'required' || !plan) return none
    const asked = askedFor(context)
    const items = asked && itemsOf(body.json, plan.operation, plan.schemas)
    if (!asked || !items || items.length <= Math.max(asked.most, smallestPage)) return none
    const { name, most } = asked
    return [
      {
        check: 'page-size',
        kind: 'too-many',
        place: 'answer.body',
        message: `${name}=${most} was asked for, and the list holds ${items.length} items`,
        expected: `at most ${most} items`,
        received: `${items.length} items`,
        severity: 'moderate',
        promise: `${name} bounds the items of the list`,
      },
    ]
  },
}

/** How many items a request asks for, once and for all: by its only such parameter. 0 often means all there are. */
function askedFor({ plan, case: { request } }: Context): { readonly name: string; readonly most: number } | undefined {
  if (request.method !== 'GET') return undefined
  const given = [...new URLSearchParams(request.target.split('?')[1] ?? '')].filter(([name]) => pageSizeName.test(name))
  const [[name, text] = ['', '']] = given
  const parameter = plan?.operation.parameters.find((one) => one.in === 'query' && one.name === name)
  if (given.length !== 1 || !parameter || !/^[1-9]\d{0,8}$/.test(text)) return undefined
  return typesOf(plan?.schemas.flatten(parameter.schema) ?? {}).includes('integer') ? { name, most: Number(text) } : undefined
}
