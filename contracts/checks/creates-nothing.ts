import { isObject, type Json, valueAt } from '../../core/json'
import { type Check, none } from '../check'
import type { OperationPlan, ResponsePlan } from '../plan'
import { shown } from '../words'

/** A request that must not create anything does not answer with what it created. */
export const createsNothing: Check = {
  id: 'creates-nothing',
  title: 'GET, HEAD and OPTIONS create nothing',
  look(context) {
    const { owes, status, case: of, plan, body, sent } = context
    if (owes.success !== 'harmless' || status < 200 || status > 299 || !plan?.identity || sent.json === undefined) return none
    const name = valueAt(sent.json, plan.identity)
    const response = plan.operation.responses
      .map((one) => plan.response(Number(one.status)))
      .find((one) => one?.echo && one.made.length > 0)
    // The name is this request's own: who answers with it has made something of it.
    if (typeof name !== 'string' || name.length < 4 || !response) return none
    const created = candidates(body.json).find((one) => isCreation(plan, response, one, name))
    if (created === undefined) return none
    return [
      {
        check: 'creates-nothing',
        kind: 'created',
        place: 'answer.body',
        message: `${of.request.method} was answered with a new object of the name that it sent: ${shown(created)}`,
        expected: 'nothing is created',
        received: shown(created),
        severity: 'critical',
        promise: `${of.request.method} creates nothing`,
      },
    ]
  },
}

/** The answer itself, or the items of a list in it. */
function candidates(json: Json | undefined): readonly Json[] {
  if (Array.isArray(json)) return json.slice(0, 1000)
  if (!isObject(json)) return []
  return [json, ...Object.values(json).flatMap((value) => (Array.isArray(value) ? value.slice(0, 1000) : isObject(value) ? [value] : []))]
}

function isCreation(plan: OperationPlan, response: ResponsePlan, json: Json, name: string): boolean {
  if (valueAt(json, plan.identity!) !== name) return false
  return response.made.some(({ path, promises }) => promises.includes('unique') && Boolean(valueAt(json, path)))
}
