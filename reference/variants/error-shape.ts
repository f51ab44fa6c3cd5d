import type { Json } from '../../core/json'
import { requestMembers } from '../members'
import { htmlReply, jsonReply, reply } from '../replies'
import type { Problem, Reply } from '../stages'
import { broken, type Definition } from '../variant'
import { isAt, isMalformed, parseBody, refusal, withBody, withoutType, withType } from './tools'

/** The documented error in another form. */
const errorForms: readonly [name: string, what: string, change: (error: Record<string, Json>, reply: Reply) => Reply][] = [
  ['without-code', 'holds errorCode', ({ errorMsg }) => jsonReply(400, { errorMsg: errorMsg! })],
  ['with-null-code', 'holds an errorCode that is a string, never null', (error) => jsonReply(400, { ...error, errorCode: null })],
  ['with-numeric-code', 'holds an errorCode that is a string', (error) => jsonReply(400, { ...error, errorCode: 1_010_001 })],
  ['with-empty-code', 'holds an errorCode that is not empty', (error) => jsonReply(400, { ...error, errorCode: '' })],
  [
    'with-code-renamed',
    'holds its code under the name errorCode',
    ({ errorCode, errorMsg }) => jsonReply(400, { error_code: errorCode!, error_msg: errorMsg! }),
  ],
  [
    'with-code-in-lower-case',
    'holds its code under the name errorCode',
    ({ errorCode, errorMsg }) => jsonReply(400, { errorcode: errorCode!, errormsg: errorMsg! }),
  ],
  ['wrapped', 'is an object with errorCode itself', (error) => jsonReply(400, { error })],
  ['in-list', 'is an object, not a list', (error) => jsonReply(400, [error])],
  [
    'as-problem',
    'holds errorCode',
    () => reply(400, JSON.stringify({ type: 'about:blank', title: 'Bad Request', status: 400 }), 'application/problem+json'),
  ],
  [
    'of-framework',
    'holds errorCode',
    () => jsonReply(400, { timestamp: '2025-11-24T16:12:03.120+00:00', status: 400, error: 'Bad Request', path: '/v2/meshes' }),
  ],
  ['as-html', 'is JSON, not a page', () => htmlReply(400, 'Bad Request')],
  ['as-text', 'is JSON, not text', () => reply(400, 'Bad Request', 'text/plain; charset=utf-8')],
  ['as-string', 'is an object, not a string', () => jsonReply(400, 'Bad Request')],
  ['empty', 'has a body', (_, answer) => withBody(answer, '')],
  ['cut', 'is JSON', (_, answer) => withBody(answer, answer.body.subarray(0, -2))],
  ['without-type', 'says that it is application/json', (_, answer) => withoutType(answer)],
  ['typed-html', 'says that it is application/json', (_, answer) => withType(answer, 'text/html;charset=utf-8')],
]

const errorForm = (name: string) => errorForms.find(([known]) => known === name)!
const changeError = (name: string, test?: (problems: readonly Problem[]) => boolean) => {
  const [, , change] = errorForm(name)
  return refusal((answer) => change(parseBody(answer) as Record<string, Json>, answer), test)
}

const errors = errorForms.map(([name, what]) => ({
  name: `error-${name}`,
  promise: `the answer to wrong parameters ${what}`,
  finds: { place: 'answer*' },
  hooks: changeError(name),
}))

const malformedErrors = ['as-html', 'as-text', 'empty', 'of-framework', 'without-code', 'as-problem', 'typed-html'].map((name) => ({
  name: `malformed-error-${name}`,
  promise: `the answer to malformed JSON ${errorForm(name)[1]}, as every other 400`,
  finds: { place: ['answer*', 'body*'] },
  hooks: changeError(name, isMalformed),
}))

const forms = [
  'without-code',
  'of-framework',
  'with-empty-code',
  'as-text',
  'with-numeric-code',
  'empty',
  'with-code-renamed',
  'as-html',
  'without-code',
  'with-null-code',
]
const memberErrors = requestMembers.map(({ place, slug, type }, i) => ({
  name: `${slug}-error-${forms[i]!}`,
  promise: `the answer to a wrong ${place} ${errorForm(forms[i]!)[1]}, as every other 400`,
  finds: { place: ['answer*', `${place}*`] },
  hooks: changeError(forms[i]!, (problems) =>
    problems.some((problem) => (type === 'object' ? problem.place === place : isAt(problem, place))),
  ),
}))

const keywordErrors = (['required', 'type'] as const).map((keyword) => ({
  name: `${keyword === 'type' ? 'wrong-type' : 'missing'}-error-without-code`,
  promise: `the answer to a ${keyword === 'type' ? 'member of a wrong type' : 'missing member'} holds errorCode, as every other 400`,
  finds: { place: ['answer*', 'body*'] },
  hooks: changeError('without-code', (problems) => problems.some((problem) => problem.keyword === keyword)),
}))

const emptyBodyError: Definition = {
  name: 'empty-body-error-of-framework',
  promise: 'the answer to an empty body holds errorCode, as every other 400',
  finds: { place: ['answer*', 'body*'] },
  hooks: { perform: (next) => (call) => (call.body.length === 0 ? htmlReply(400, 'Bad Request') : next(call)) },
}

/** Errors of another shape than documented. */
export const errorShape = broken('shape', [...errors, ...malformedErrors, ...memberErrors, ...keywordErrors, emptyBodyError])
