import { type Check, none } from '../check'
import { requestInWords, shown } from '../words'

/** No request makes the server fail; that the docs state 500 does not make it a lawful answer. */
export const serverError: Check = {
  id: 'server-error',
  title: 'No request makes the server fail (5xx)',
  decisive: true,
  look(context) {
    const { answer, owes, status } = context
    if (!answer || status < 500 || owes.also?.includes(status)) return none
    return [
      {
        check: 'server-error',
        kind: `status:${status}`,
        place: 'answer.status',
        message: `${requestInWords(context.case)} made the server fail: ${status} ${shown(context.body.text, 80)}`,
        expected: 'an answer below 500',
        received: `${status} ${answer.statusText.slice(0, 60)} ${shown(context.body.text, 80)}`.replace(/ +/g, ' '),
        severity: 'critical',
        promise: 'no request makes the server fail',
      },
    ]
  },
}
