import type { Failure } from '../../core/finding'
import { type Check, none } from '../check'
import { type Context, hasNoBody, owesBody } from '../context'
import { shown } from '../words'

/** A body is what its headers say. */
export const wellFormed: Check = {
  id: 'well-formed',
  title: 'A body is what its headers say: coding, charset, JSON',
  everyAnswer: true,
  look(context) {
    const { answer, body } = context
    // What a failing server sends is told by its status.
    if (!answer || context.status >= 500 || hasNoBody(context)) return none
    if (body.bytes.length === 0) return owesBody(context) ? [empty(context)] : none
    const untruth = body.untruth(owesBody(context))
    return untruth ? [failure(context, untruth.kind, untruth.place, untruth.message)] : none
  },
}

const failure = (context: Context, kind: string, place: string, message: string): Failure => ({
  check: 'well-formed',
  kind,
  place,
  message,
  expected: 'a body that is what its headers say',
  received: shown(context.body.text),
  severity: 'serious',
  promise: 'a body is what its headers say',
  anywhere: true,
})

const empty = (context: Context): Failure => ({
  ...failure(context, 'empty', 'answer.body', `the body of the ${context.status} answer is empty; the docs state its members`),
  expected: 'a JSON body',
  ...(context.response?.definition.docs ? { docs: context.response.definition.docs } : {}),
})
