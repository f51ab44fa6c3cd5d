import type { Judgement } from './check'
import type { Exchange } from './exchange'
import type { Operation } from './operation'

/** Where the value of a parameter is found once the request that gives it was answered. */
export type Source =
  /** The way into the JSON answer. */
  | { readonly part: 'answer'; readonly way: readonly string[] }
  /** A member of an answer of which the document says nothing: the first name that is there, letters and digits alone, in lower case. */
  | { readonly part: 'member'; readonly names: readonly string[] }
  /** A header of the answer. */
  | { readonly part: 'header'; readonly name: string }
  /** The answer's `Location`, read by the path of the operation that takes the value. */
  | { readonly part: 'location' }
  /** The way into the JSON body that was sent. */
  | { readonly part: 'body'; readonly way: readonly string[] }
  /** A path or query parameter that was sent. */
  | { readonly part: 'path' | 'query'; readonly name: string }
  | { readonly part: 'constant'; readonly value: string }

/** One operation takes what another has answered: declared by a link of the document, or inferred from paths and member names. */
export interface Dependence {
  readonly producer: Operation
  readonly consumer: Operation
  /** The link's name, where it is declared. */
  readonly link?: string
  /** By the consumer's parameters; of several sources the first that gives a value. */
  readonly values: Readonly<Record<string, readonly Source[]>>
}

/** Something that one operation creates, and the operations that find, list, replace (PUT), patch (PATCH) and remove it. */
export interface Resource {
  readonly create: Operation
  readonly find?: Dependence
  readonly list?: Operation
  readonly replace?: Dependence
  readonly patch?: Dependence
  readonly remove?: Dependence
}

/** One request of a sequence, about one of its things. */
export interface Step {
  /** `miss`: finds what nobody made, by an id of the same form. */
  readonly does: 'create' | 'refuse' | 'find' | 'miss' | 'list' | 'replace' | 'patch' | 'remove'
  /** Which of the sequence's things, from 0. */
  readonly thing: number
  /** Which body is sent, from 0. */
  readonly body: number
}

/** What follows on the answer to a step: the next one, the same once more after some milliseconds, or the end of the sequence. */
export type Follows =
  | { readonly what: 'next'; readonly held?: Judgement['held'] }
  | { readonly what: 'again'; readonly pause: number }
  | { readonly what: 'end'; readonly judgement: Judgement }

/** Follows one sequence: keeps what must be there, and holds each answer against it. */
export interface Follower {
  /** The values of a step's parameters; undefined: no answer gave them. */
  params(step: Step): Readonly<Record<string, string>> | undefined
  /** @param mark a text that only this request sent; the answers that hold it speak of what it made */
  take(step: Step, exchange: Exchange, mark: string | undefined): Follows
}
