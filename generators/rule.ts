import type fc from 'fast-check'
import type { Case, Change, WireRequest } from '../core/case'
import type { Resource, Step } from '../core/dependence'
import type { Json } from '../core/json'
import type { Operation, Schema } from '../core/operation'
import type { RuleInfo } from '../core/rule'
import type { Form } from '../specs/bodies'
import type { RequestModel } from '../specs/wire'
import type { Token } from './credential'
import type { Reference } from './dependences/references'
import type { Member } from './members'
import type { Schemas } from './schema'

/** How one case differs from the plain valid request. */
export interface Draft {
  /** Made anew for each sending, as the plain body has another name each time. */
  readonly changes: (plain: Json) => readonly Change[]
  /** Requests sent just before on the same connection; their own answers are not judged by this rule. */
  readonly before?: readonly ((plain: Json) => readonly Change[])[]
  /** Neighbouring cases with the same mark are sent at the same time. */
  readonly together?: string
  /** On the plain request alone, where `changes` make the full one as well: for shrinking. */
  readonly bare?: (plain: Json) => readonly Change[]
  /** The body is sent in two packets. */
  readonly inPackets?: true
  /** Cases with the same mark carry the same name, hence the same payload. */
  readonly sameName?: string
}

/** The changes of a case that is drawn. @param bias as fast-check has it: towards small and extreme values, the less the higher it is */
export type Draw = (random: fc.Random, bias: number | undefined) => readonly Change[]

/** A promise of the docs with the way to test it. */
export interface Rule extends RuleInfo {
  /** Sent in every run, in this order, before anything is drawn by the seed. May be made when asked for: of a large document few rules are. */
  readonly fixed: readonly Draft[]
  /** Further cases, as many as the budget gives. */
  readonly drawn?: Draw
  /** Share of the budget that is left after the fixed cases. */
  readonly weight: number
  /** Its cases are sent as they are: a smaller one would no longer be what the rule names. */
  readonly asIs?: true
  /** Its cases are changes of the plain request alone; those of other rules also of the full one (see `bases.ts`). */
  readonly oneBase?: true
  /** Requests that a case takes, where it is more than one. */
  readonly requests?: number
  /** Its cases are sequences of requests, of which `fixed` gives the number alone. */
  readonly sequence?: Sequence
  /** The last guard, on what is sent: true if the request really is of the rule's zone and breaks what the rule names and nothing else. */
  readonly holds: (request: WireRequest) => boolean
}

/** For rules whose cases are of their zone by the way they are made. */
export const always = (): boolean => true

/** Requests that follow on each other. */
export interface Sequence {
  readonly resource: Resource
  /** The steps of each case. */
  readonly cases: readonly (readonly Step[])[]
  /**
   * @param params values that earlier answers gave
   * @returns the request of a step, and a text that no other request sends
   */
  make(step: Step, index: number, options: { attempt: number; params: Readonly<Record<string, string>>; fresh: boolean }): Marked
}

export interface Marked {
  readonly made: Case
  readonly mark?: string
}

/** What rule kinds are made from: one operation, seen whole. */
export interface Subject {
  readonly id: string
  /** Goes before each rule id, empty where the document has one operation. */
  readonly prefix: string
  readonly documented: Operation
  readonly assumed: Operation
  readonly schemas: { readonly documented: Schemas; readonly assumed: Schemas }
  readonly body?: Member
  /** In place of a JSON body: one of another media type. */
  readonly form?: Form & { readonly documented: Schema; readonly assumed: Schema }
  /** Parameters whose values the caller gave. */
  readonly pinned?: ReadonlySet<string>
  /** The plain body; its name is replaced for each case. */
  readonly plain: Json | undefined
  /** The way to the member that names what is created, and must be new for each request. */
  readonly identity?: readonly string[]
  /** The ways to members that name what the path names too, by path parameter: of what is changed, they stay as they are. */
  readonly naming?: Readonly<Record<string, readonly string[]>>
  /** Members that hold ids of other things, by the place that gives each its value: what is made up is owed nothing. */
  readonly references?: Readonly<Record<string, Pick<Reference, 'way' | 'schema'>>>
  /** Headers of the plain request whose value no other request may have, and how one is made of a seed. */
  readonly usedOnce?: readonly { readonly name: string; made(seed: number): string }[]
  /** What every name that is created begins with. */
  readonly namePrefix?: string
  readonly model: RequestModel
  readonly seed: number
  /** Methods that the document gives to this path. */
  readonly others: readonly string[]
  /** Unsafe methods that may be tried though the document does not give them to this path. */
  readonly tried: readonly string[]
  /** The credentials that the plain request carries. */
  readonly tokens: readonly Token[]
}

/** A kind of rule: gives the rules of a subject. Registered by one line in `rules/index.ts`. */
export type RuleKind = (subject: Subject) => readonly Rule[]

/** Draws the value of one member. */
export const drawnAt =
  (at: Change['at'], values: fc.Arbitrary<Json>): Draw =>
  (random, bias) => [{ at, set: values.generate(random, bias).value } as Change]

export const draft = (...changes: readonly Change[]): Draft => ({ changes: () => changes })

/** Rule id as the docs of the command line state it. */
export const ruleId = (subject: Subject, place: string, keyword: string, variant?: string): string =>
  `${subject.prefix}${place}:${keyword}${variant ? `:${variant}` : ''}`

/** A whole body made from the plain body's JSON text. */
export const bodyDraft = (write: (json: string, plain: Json) => string | Buffer): Draft => ({
  changes: (plain) => [bodyBytes(write(JSON.stringify(plain), plain))],
})

/** The change that sends these very bytes as the body. */
export const bodyBytes = (text: string | Buffer): Change => ({ at: ['body'], bytes: Buffer.from(text as string).toString('base64') })

/** A rule of fixed cases that needs no proof: what it sends is of its zone by the way it is made. It rests on the operation as a whole. */
export const fixedRule = (
  subject: Subject,
  zone: Rule['zone'],
  place: string,
  keyword: string,
  promise: string,
  fixed: readonly Draft[],
  owes: Rule['owes'],
  variant?: string,
): Rule => ({
  id: ruleId(subject, place, keyword, variant),
  operation: subject.id,
  zone,
  place,
  keyword,
  ...(variant ? { variant } : {}),
  promise,
  ...(subject.documented.docs ? { docs: subject.documented.docs } : {}),
  owes,
  fixed,
  weight: 0,
  asIs: true,
  holds: always,
})
