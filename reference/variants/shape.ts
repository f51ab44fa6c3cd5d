import { isObject, type Json, valueAt } from '../../core/json'
import { answerMembers } from '../members'
import { htmlReply, jsonReply, reply } from '../replies'
import type { Reply } from '../stages'
import { broken, type Definition } from '../variant'
import { answer, answerAt, changeAt, parseBody, success, withBody, withoutType, withType } from './tools'

const wrongType = { string: 42, integer: '8080', object: ['value'] } as const
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const renamedTo = (name: string): string => (snake(name) === name ? `${name.charAt(0).toUpperCase()}${name.slice(1)}` : snake(name))

/** Every member of the success, damaged in each way. */
const members = answerMembers.flatMap(({ place, path, name, slug, type, mandatory }): readonly Definition[] => {
  const when = mandatory ? '' : ' where it was sent'
  return [
    {
      name: `answer-without-${slug}`,
      promise: `${place} is in the answer${when}`,
      finds: { place: `${place}*` },
      hooks: answerAt(path, () => undefined),
    },
    {
      name: `answer-with-null-${slug}`,
      promise: `${place} is ${/^[aio]/.test(type) ? 'an' : 'a'} ${type}, never null`,
      finds: { place: `${place}*` },
      hooks: answerAt(path, () => null),
    },
    {
      name: `answer-with-${slug}-of-other-type`,
      promise: `${place} is ${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`,
      finds: { place: `${place}*` },
      hooks: answerAt(path, (value) => (type === 'integer' ? String(value) : wrongType[type])),
    },
    {
      name: `answer-with-${slug}-renamed`,
      promise: `${place} has that name in the answer${when}`,
      finds: { place: `${place}*` },
      hooks: answer((task) =>
        changeAt(task, path.slice(0, -1), (parent) => {
          if (!isObject(parent) || !Object.hasOwn(parent, name)) return parent
          const { [name]: value, ...others } = parent
          return { ...others, [renamedTo(name)]: value }
        }),
      ),
    },
  ]
})

const nullWhereAbsent = answerMembers
  .filter(({ mandatory }) => !mandatory)
  .map(({ place, path, slug }) => ({
    name: `answer-with-null-${slug}-where-not-sent`,
    promise: `${place} is a string, never null`,
    finds: { place: `${place}*` },
    hooks: answer((task) => changeAt(task, path, (value) => (value === undefined ? null : value))),
  }))

const more: readonly Definition[] = [
  {
    name: 'answer-with-fractional-port',
    promise: 'answer.body.spec.ingress.port is an integer',
    finds: { place: 'answer.body.spec.ingress.port*' },
    hooks: answerAt(['spec', 'ingress', 'port'], (port) => (typeof port === 'number' ? port + 0.5 : port)),
  },
  {
    name: 'answer-with-time-as-number',
    promise: 'answer.body.metadata.creationTimestamp is a string',
    finds: { place: 'answer.body.metadata.creationTimestamp*' },
    hooks: answerAt(['metadata', 'creationTimestamp'], (time) => Date.parse(String(time))),
  },
  {
    name: 'answer-with-time-as-array',
    promise: 'answer.body.metadata.creationTimestamp is a string',
    finds: { place: 'answer.body.metadata.creationTimestamp*' },
    hooks: answerAt(['metadata', 'creationTimestamp'], () => [2025, 11, 24, 16, 12, 3]),
  },
  {
    name: 'answer-with-status-as-text',
    promise: 'answer.body.status is an object',
    finds: { place: 'answer.body.status*' },
    hooks: answerAt(['status'], () => 'Creating'),
  },
  {
    name: 'answer-without-spec-for-high-ports',
    promise: 'answer.body.spec is in every answer',
    finds: { place: ['answer.body.spec*', 'body.spec.ingress.port*'] },
    hooks: answer((task) =>
      Number(valueAt(task, ['spec', 'ingress', 'port'])) > 49_151 ? changeAt(task, ['spec'], () => undefined) : task,
    ),
  },
]

/** The success as a whole in another form. */
const wholes: readonly [name: string, promise: string, change: (task: Json, reply: Reply) => Reply][] = [
  ['answer-wrapped', 'the answer is the task itself, not an object around it', (task) => jsonReply(200, { code: 0, data: task })],
  ['answer-in-list', 'the answer is an object, not a list', (task) => jsonReply(200, [task])],
  ['answer-flattened', 'the members of the answer are nested as documented', (task) => jsonReply(200, flatten(task))],
  ['answer-encoded-twice', 'the answer is an object, not a string that holds JSON', (task) => jsonReply(200, JSON.stringify(task))],
  ['answer-null', 'the answer is an object, not null', () => jsonReply(200, null)],
  ['answer-empty-object', 'the answer holds the task', () => jsonReply(200, {})],
  ['answer-empty', 'the answer to a created task has a body', (_, answer) => withBody(answer, '')],
  [
    'answer-only-uid',
    'the answer holds the whole task, not its ID alone',
    (task) => jsonReply(200, { uid: valueAt(task, ['metadata', 'uid']) as Json }),
  ],
  ['answer-cut-json', 'the body of the answer is JSON', (task) => reply(200, JSON.stringify(task).slice(0, -1))],
  ['answer-with-trailing-comma', 'the body of the answer is JSON', (task) => reply(200, JSON.stringify(task).replace(/\}$/, ',}'))],
  ['answer-with-single-quotes', 'the body of the answer is JSON', (task) => reply(200, JSON.stringify(task).replaceAll('"', "'"))],
  [
    'answer-with-text-behind',
    'the body of the answer is JSON, with nothing behind it',
    (task) => reply(200, `${JSON.stringify(task)}\nOK`),
  ],
  ['answer-twice', 'the body of the answer is one JSON value', (task) => reply(200, JSON.stringify(task).repeat(2))],
  [
    'answer-with-guard-prefix',
    'the body of the answer is JSON, with nothing before it',
    (task) => reply(200, `)]}',\n${JSON.stringify(task)}`),
  ],
  ['answer-in-callback', 'the body of the answer is JSON, not a script', (task) => reply(200, `callback(${JSON.stringify(task)})`)],
  ['answer-with-nan', 'the body of the answer is JSON', (task) => reply(200, JSON.stringify(task).replace(/"port":\d+/, '"port":NaN'))],
  ['answer-text-ok', 'the answer to a created task is the task', () => reply(200, 'OK', 'text/plain')],
  ['answer-html', 'the answer to a created task is JSON', () => htmlReply(200, 'Created')],
  [
    'answer-with-member-twice',
    'each member of the answer is there once',
    (task) => reply(200, JSON.stringify(task).replace(/^\{/, '{"status":{},')),
  ],
  ['answer-without-type', 'the answer says that it is application/json', (_, answer) => withoutType(answer)],
  ['answer-with-empty-type', 'the answer says that it is application/json', (_, answer) => withType(answer, '')],
  [
    'answer-typed-html',
    'the answer says that it is application/json, not text/html',
    (_, answer) => withType(answer, 'text/html; charset=utf-8'),
  ],
  [
    'answer-typed-text',
    'the answer says that it is application/json, not text/plain',
    (_, answer) => withType(answer, 'text/plain;charset=utf-8'),
  ],
  ['answer-typed-text-json', 'the answer says that it is application/json, not text/json', (_, answer) => withType(answer, 'text/json')],
  [
    'answer-typed-octets',
    'the answer says that it is application/json, not application/octet-stream',
    (_, answer) => withType(answer, 'application/octet-stream'),
  ],
  [
    'answer-typed-xml',
    'the answer says that it is application/json, not application/xml',
    (_, answer) => withType(answer, 'application/xml'),
  ],
  ['answer-typed-malformed', 'the answer says that it is application/json', (_, answer) => withType(answer, 'application/')],
]

function flatten(value: Json): Json {
  if (!isObject(value)) return value
  const entries = Object.entries(value).flatMap(([name, member]) =>
    isObject(member) ? Object.entries(flatten(member) as object) : [[name, member]],
  )
  return Object.fromEntries(entries as [string, Json][])
}

const successes = wholes.map(([name, promise, change]) => ({
  name,
  promise,
  finds: { place: 'answer*' },
  hooks: success((answer) => change(parseBody(answer) as Json, answer)),
}))

/** Successes of another shape than documented. */
export const shape = broken('shape', [...members, ...nullWhereAbsent, ...more, ...successes])
