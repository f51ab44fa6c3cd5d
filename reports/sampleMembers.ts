import type { DocsPlace } from '../core/place'
import type { DocumentedMember } from '../core/report'

/** The documented members of the sample reports. */
const page = 'create-workshop.md'
export const requestSection = 'Request Parameters'
export const operation = 'CreateWorkshop'
export const url = 'http://127.0.0.1:8080'
export const target = '/v2/meshes/3f0c2c5e-8d1b-4c0e-9a57-2b6f1d9e4a10/workshops'

export const docs = (line: number, section: string, text: string): DocsPlace => ({ page, line, section, text })

export interface Documented {
  readonly place: string
  readonly type: string
  readonly required: boolean
  readonly docs: DocsPlace
}

export const requestMembers: readonly Documented[] = [
  { place: 'path.mesh_id', type: 'string', required: true, docs: docs(14, 'URI, table 1', 'mesh_id | Yes | String | Mesh ID') },
  {
    place: 'header.Content-Type',
    type: 'string',
    required: true,
    docs: docs(20, `${requestSection}, table 2`, 'Content-Type | Yes | String | Message body type (format)'),
  },
  {
    place: 'header.X-Auth-Token',
    type: 'string',
    required: true,
    docs: docs(21, `${requestSection}, table 2`, 'X-Auth-Token | Yes | String | mandatory where a token is used'),
  },
  { place: 'body.description', type: 'string', required: false, docs: docs(27, `${requestSection}, table 3`, 'description | No | String') },
  { place: 'body.metadata', type: 'object', required: true, docs: docs(28, `${requestSection}, table 3`, 'metadata | Yes | object') },
  { place: 'body.metadata.name', type: 'string', required: true, docs: docs(34, `${requestSection}, table 4`, 'name | Yes | String') },
  { place: 'body.spec', type: 'object', required: true, docs: docs(29, `${requestSection}, table 3`, 'spec | Yes | object') },
  {
    place: 'body.spec.primaryCluster',
    type: 'string',
    required: true,
    docs: docs(40, `${requestSection}, table 5`, 'primaryCluster | Yes'),
  },
  { place: 'body.spec.ingress', type: 'object', required: true, docs: docs(41, `${requestSection}, table 5`, 'ingress | Yes | object') },
  {
    place: 'body.spec.ingress.elbId',
    type: 'string',
    required: true,
    docs: docs(47, `${requestSection}, table 6`, 'elbId | Yes | String'),
  },
  {
    place: 'body.spec.ingress.elbIp',
    type: 'string',
    required: true,
    docs: docs(48, `${requestSection}, table 6`, 'elbIp | Yes | String'),
  },
  {
    place: 'body.spec.ingress.port',
    type: 'integer',
    required: true,
    docs: docs(49, `${requestSection}, table 6`, 'port | Yes | Integer | Port of the gateway for access from outside'),
  },
  {
    place: 'body.spec.ingress.imageAddress',
    type: 'string',
    required: false,
    docs: docs(50, `${requestSection}, table 6`, 'imageAddress | No | String | Image of the task'),
  },
]

export const answerOnly: readonly Documented[] = [
  {
    place: 'body.metadata.uid',
    type: 'string',
    required: true,
    docs: docs(67, 'Response Parameters, status 200, table 8', 'uid | String | unique; generated; a custom value has no effect'),
  },
  {
    place: 'body.metadata.creationTimestamp',
    type: 'string',
    required: true,
    docs: docs(68, 'Response Parameters, status 200, table 8', 'creationTimestamp | String | Time of creation'),
  },
  { place: 'body.status', type: 'object', required: true, docs: docs(61, 'Response Parameters, status 200, table 7', 'status | object') },
  {
    place: 'body.status.updateTime',
    type: 'string',
    required: true,
    docs: docs(87, 'Response Parameters, status 200, table 11', 'updateTime | String | Time of the last update'),
  },
]

const answerOrder = [
  'body.description',
  'body.metadata',
  'body.metadata.name',
  'body.metadata.uid',
  'body.metadata.creationTimestamp',
  'body.spec',
  'body.spec.primaryCluster',
  'body.spec.ingress',
  'body.spec.ingress.elbId',
  'body.spec.ingress.elbIp',
  'body.spec.ingress.port',
  'body.spec.ingress.imageAddress',
  'body.status',
  'body.status.updateTime',
]

export function members(): DocumentedMember[] {
  const documented = [...requestMembers, ...answerOnly]
  const answers = answerOrder.map((place) => {
    const member = documented.find((candidate) => candidate.place === place)!
    return { ...member, operation, place: `answer.${place}`, statuses: ['200'] }
  })
  const errorCode = docs(94, 'Response Parameters, status 400, table 12', 'errorCode | String | Error code')
  const error = (status: string) => ({
    operation,
    place: 'answer.body.errorCode',
    type: 'string',
    required: true,
    statuses: [status],
    docs: errorCode,
  })
  return [...requestMembers.map((member) => ({ ...member, operation })), ...answers, error('400'), error('500')]
}
