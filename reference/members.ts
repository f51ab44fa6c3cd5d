/** A member of the bundled API's request or answer, as variants name it. */
export interface Member {
  /** Dotted, e.g. `body.spec.ingress.port`. */
  readonly place: string
  /** The way into the value, without the part's name. */
  readonly path: readonly string[]
  readonly name: string
  /** The name in variant names: `elb-id`. */
  readonly slug: string
  readonly type: 'string' | 'integer' | 'object'
  readonly mandatory: boolean
}

function member(place: string, type: Member['type'], mandatory = true): Member {
  const path = place.split('.')
  const name = path.at(-1)!
  return { place, path, name, type, mandatory, slug: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) }
}

const inRoot = (root: string, { path, ...rest }: Member): Member => ({ ...rest, place: `${root}.${path.join('.')}`, path })

const sent = [
  member('description', 'string', false),
  member('metadata', 'object'),
  member('metadata.name', 'string'),
  member('spec', 'object'),
  member('spec.primaryCluster', 'string'),
  member('spec.ingress', 'object'),
  member('spec.ingress.elbId', 'string'),
  member('spec.ingress.elbIp', 'string'),
  member('spec.ingress.port', 'integer'),
  member('spec.ingress.imageAddress', 'string', false),
]

const made = [
  member('metadata.uid', 'string'),
  member('metadata.creationTimestamp', 'string'),
  member('status', 'object'),
  member('status.updateTime', 'string'),
]

/** Every member of the request's body. */
export const requestMembers: readonly Member[] = sent.map((each) => inRoot('body', each))
/** Every member of the success's body. `mandatory`: always there; the others are there where they were sent. */
export const answerMembers: readonly Member[] = [...sent, ...made].map((each) => inRoot('answer.body', each))

export const mandatoryMembers = requestMembers.filter(({ mandatory }) => mandatory)
export const optionalMembers = requestMembers.filter(({ mandatory }) => !mandatory)
export const stringMembers = requestMembers.filter(({ type }) => type === 'string')
export const objectMembers = requestMembers.filter(({ type }) => type === 'object')

/** A member of the request by its place's end, e.g. `metadata.name`. */
export const requestMember = (path: string): Member => requestMembers.find(({ place }) => place === `body.${path}`)!
