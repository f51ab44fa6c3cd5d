import { valueAt } from '../../core/json'
import { type Member, optionalMembers, requestMember, requestMembers } from '../members'
import { headerValue } from '../pipeline'
import { emptyReply, errorReply, jsonReply } from '../replies'
import type { Problem, Reply } from '../stages'
import { broken, type Definition } from '../variant'
import { internal, isAt, isMalformed, parseBody, refusal, refuseWhen, success } from './tools'

const withStatus = (status: number) => (reply: Reply) => ({ ...reply, status })

const otherSuccess: readonly Definition[] = [
  ...[201, 202, 203, 206].map((status) => ({
    name: `success-${status}`,
    promise: `a created task is answered with 200, not with ${status}`,
    finds: { place: 'answer.status*' },
    hooks: success(withStatus(status)),
  })),
  {
    name: 'success-204',
    promise: 'a created task is answered with 200 and the task, not with 204 and nothing',
    finds: { place: 'answer.status*' },
    hooks: success(() => emptyReply(204)),
  },
  {
    name: 'success-302',
    promise: 'a created task is answered with 200 and the task, not with a redirection to it',
    finds: { place: 'answer.status*' },
    hooks: success((_, call) => emptyReply(302, { Location: `${call.path}/task` })),
  },
  ...optionalMembers.map(({ place, path, slug }) => ({
    name: `success-201-with-${slug}`,
    promise: `a task created with ${place} is answered with 200, too, not with 201`,
    finds: { place: ['answer.status*', `${place}*`] },
    hooks: success((reply) => (valueAt(parseBody(reply), path) === undefined ? reply : { ...reply, status: 201 })),
  })),
]

const otherRefusals: readonly Definition[] = [
  ...[401, 402, 403, 404, 405, 406, 409, 410, 412, 415, 422].map((status) => ({
    name: `refused-with-${status}`,
    promise: `a body with wrong parameters is refused with 400, not with ${status}`,
    finds: { place: ['answer.status*', 'body*'] },
    hooks: refusal(withStatus(status)),
  })),
  {
    name: 'refused-with-302',
    promise: 'a body with wrong parameters is refused with 400, not with a redirection to an error page',
    finds: { place: ['answer.status*', 'body*'] },
    hooks: refusal(() => emptyReply(302, { Location: '/error' })),
  },
]

/** Codes that servers choose for one member where its rule is written apart from the others. */
const codes = [422, 409, 404, 403, 422, 405, 409, 404, 422, 406]
const refusedMembers = requestMembers.map(({ place, slug, type }, i) => ({
  name: `${slug}-refused-with-${codes[i]!}`,
  promise: `a wrong ${place} is refused with 400, not with ${codes[i]!}`,
  finds: { place: ['answer.status*', `${place}*`] },
  hooks: refusal(withStatus(codes[i]!), (problems) =>
    problems.some((problem) => (type === 'object' ? problem.place === place : isAt(problem, place))),
  ),
}))

const byKeyword = (keyword: string) => (problems: readonly Problem[]) => problems.some((problem) => problem.keyword === keyword)

const refusedKeywords: readonly Definition[] = [
  {
    name: 'missing-refused-with-422',
    promise: 'a body without a mandatory member is refused with 400, not with 422',
    finds: { place: ['answer.status*', 'body*'] },
    hooks: refusal(withStatus(422), byKeyword('required')),
  },
  {
    name: 'wrong-type-refused-with-422',
    promise: 'a member of a wrong type is refused with 400, not with 422',
    finds: { place: ['answer.status*', 'body*'] },
    hooks: refusal(withStatus(422), byKeyword('type')),
  },
  {
    name: 'malformed-refused-with-422',
    promise: 'malformed JSON is refused with 400, not with 422',
    finds: { place: ['answer.status*', 'body*'] },
    hooks: refusal(withStatus(422), isMalformed),
  },
  {
    name: 'malformed-refused-with-415',
    promise: 'malformed JSON is refused with 400, not with 415',
    finds: { place: ['answer.status*', 'body*'] },
    hooks: refusal(withStatus(415), isMalformed),
  },
  {
    name: 'null-refused-with-404',
    promise: 'null in place of a mandatory member is refused with 400, not with 404',
    finds: { place: ['answer.status*', 'body*'] },
    hooks: {
      validate: (next) => (value, call) => {
        const problems = next(value, call)
        const isNull = problems.some(({ keyword, place }) => keyword === 'type' && valueAt(value, place.split('.').slice(1)) === null)
        return isNull ? problems.map((problem) => ({ ...problem, keyword: 'null' })) : problems
      },
      ...refusal(withStatus(404), byKeyword('null')),
    },
  },
]

const errorInside: readonly Definition[] = [
  {
    name: 'success-with-error-inside',
    promise: 'a body with wrong parameters is refused with status 400, not with 200 and an error inside',
    finds: { place: ['answer*', 'body*'] },
    hooks: refusal(withStatus(200)),
  },
  {
    name: 'success-with-gateway-error-inside',
    promise: 'a body with wrong parameters is refused with status 400, not with 200 and an error inside',
    finds: { place: ['answer*', 'body*'] },
    hooks: refusal(() => jsonReply(200, { error_code: 'ASM.01010001', error_msg: 'Invalid request' })),
  },
  {
    name: 'malformed-success-with-error-inside',
    promise: 'malformed JSON is refused with status 400, not with 200 and an error inside',
    finds: { place: ['answer*', 'body*'] },
    hooks: refusal(withStatus(200), isMalformed),
  },
  {
    name: 'missing-success-with-error-inside',
    promise: 'a body without a mandatory member is refused with status 400, not with 200 and an error inside',
    finds: { place: ['answer*', 'body*'] },
    hooks: refusal(withStatus(200), byKeyword('required')),
  },
  {
    name: 'success-carries-error-code',
    promise: 'the answer to a created task holds the task, and no error code beside it',
    finds: { place: 'answer*' },
    hooks: success((reply) =>
      jsonReply(200, { ...(parseBody(reply) as object), errorCode: 'ASM.01010009', errorMsg: 'Saved with errors' }),
    ),
  },
  {
    name: 'accepted-but-error-answered',
    promise: 'a created task is answered with the task, not with 200 and an error inside',
    finds: { place: 'answer*' },
    hooks: success(() => jsonReply(200, { errorCode: 'ASM.01010009', errorMsg: 'Quota exceeded' })),
  },
]

const conflict = errorReply(409, 'ASM.01010409', 'Conflict')
const conflicting = ({ place, path, slug }: Member, name: string, what: string, test: (value: unknown) => boolean): Definition => ({
  name: `${name}-${slug}-conflicts`,
  promise: `${what} at ${place} is accepted, and not refused for good as if it were a conflict`,
  finds: { place: `${place}*` },
  hooks: {
    validate: (next) => (value, call) => {
      const problems = next(value, call)
      return problems.length === 0 && test(valueAt(value, path)) ? [{ place, keyword: 'conflict', message: 'conflicts' }] : problems
    },
    ...refusal(() => conflict, byKeyword('conflict')),
  },
})

/** Valid values of one member that are refused under every name, whatever exists. */
const conflicts: readonly Definition[] = [
  conflicting(requestMember('spec.ingress.port'), 'high', 'a port above 60,000', (port) => Number(port) > 60_000),
  conflicting(requestMember('description'), 'other-script', 'text that is not ASCII', (text) => /[^ -~]/.test(String(text ?? ''))),
  conflicting(requestMember('metadata.name'), 'long', 'a name of more than 40 characters', (name) => String(name).length > 40),
  conflicting(requestMember('spec.ingress.elbIp'), 'private', 'an address of a private network', (ip) => /^10\./.test(String(ip))),
]

const present = (path: readonly string[]) => (value: unknown) => valueAt(value, path) !== undefined

const refusals: readonly Definition[] = [
  ...optionalMembers.flatMap(({ place, path, slug }) => [
    {
      name: `${slug}-refused`,
      promise: `${place} may be sent: a body that holds it is accepted`,
      finds: { place: `${place}*` },
      hooks: refuseWhen(place, present(path)),
    },
    {
      name: `${slug}-demanded`,
      promise: `${place} is optional: a body without it is accepted`,
      finds: { place: `${place}*` },
      hooks: refuseWhen(place, (value) => !present(path)(value)),
    },
  ]),
  {
    name: 'both-optional-members-refused',
    promise: 'a body with all its optional members is accepted',
    finds: { place: optionalMembers.map(({ place }) => `${place}*`).concat('body') },
    hooks: refuseWhen('body', (value) => optionalMembers.every(({ path }) => present(path)(value))),
  },
  {
    name: 'no-optional-member-refused',
    promise: 'a body without any optional member is accepted',
    finds: { place: optionalMembers.map(({ place }) => `${place}*`).concat('body') },
    hooks: refuseWhen('body', (value) => !optionalMembers.some(({ path }) => present(path)(value))),
  },
  {
    name: 'charset-parameter-refused',
    promise: 'Content-Type may be application/json;charset=utf-8',
    finds: { place: 'header.*ontent-*ype*' },
    hooks: {
      media: (next, stages) => (call) => (headerValue(call, 'content-type')?.includes('charset') ? stages.gateway(415, call) : next(call)),
    },
  },
  {
    name: 'charset-parameter-demanded',
    promise: 'Content-Type may be application/json without a charset',
    finds: { place: 'header.*ontent-*ype*' },
    hooks: {
      media: (next, stages) => (call) => (headerValue(call, 'content-type')?.includes('charset') ? next(call) : stages.gateway(415, call)),
    },
  },
  {
    name: 'charset-parameter-answered-with-400',
    promise: 'Content-Type may be application/json;charset=utf-8',
    finds: { place: 'header.*ontent-*ype*' },
    hooks: refuseWhen('header.Content-Type', (_, call) => headerValue(call, 'content-type') === 'application/json;charset=utf-8'),
  },
  {
    name: 'members-in-other-order-refused',
    promise: 'the members of an object have no order: a body that begins with spec is accepted',
    finds: { place: 'body*' },
    hooks: refuseWhen('body', (value) => Object.keys(Object(value))[0] === 'spec'),
  },
  {
    name: 'every-body-refused',
    promise: 'a body that keeps all the rules is accepted',
    finds: { place: '*' },
    hooks: refuseWhen('body', () => true),
  },
  {
    name: 'valid-port-refused-with-403',
    promise: 'every port from 1 to 65535 is accepted',
    finds: { place: 'body.spec.ingress.port*' },
    hooks: { succeed: (next, stages) => (task, call) => (portOf(task) < 1024 ? stages.gateway(403, call) : next(task, call)) },
  },
  {
    name: 'low-port-answered-with-500',
    promise: 'every port from 1 to 65535 is accepted',
    finds: { place: 'body.spec.ingress.port*' },
    hooks: {
      succeed: (next) => (task, call) => (portOf(task) < 256 ? internal : next(task, call)),
    },
  },
]

const portOf = (task: unknown): number => Number(valueAt(task, requestMember('spec.ingress.port').path))

/** Status codes other than those that the documentation states, and refusals of what must be accepted. */
export const status = broken('status', [
  ...otherSuccess,
  ...otherRefusals,
  ...refusedMembers,
  ...refusedKeywords,
  ...errorInside,
  ...refusals,
  ...conflicts,
])
