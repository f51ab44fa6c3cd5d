import { isObject } from '../../core/json'
import { type Check, none } from '../check'
import { errorInside } from '../context'
import { shown } from '../words'

/** A success holds no error. */
export const errorInsideSuccess: Check = {
  id: 'error-inside',
  title: 'A success holds no error',
  decisive: true,
  look(context) {
    const { status, owes, body } = context
    if (status < 200 || status > 299 || owes.success === 'harmless') return none
    const name = errorInside(context)
    if (name === undefined || !isObject(body.json)) return none
    return [
      {
        check: 'error-inside',
        kind: 'error-inside',
        place: `answer.body.${name}`,
        message: `the answer has status ${status}, but \`${name}\` in it is ${shown(body.json[name], 60)}: an error must not look like a success`,
        expected: owes.success === 'forbidden' ? 'a client error (4xx)' : 'the documented success',
        received: shown(body.json),
        severity: 'serious',
        promise: 'a success holds no error',
        anywhere: true,
      },
    ]
  },
}
