import { headerValue } from '../pipeline'
import { errorReply, jsonReply } from '../replies'
import type { Hooks } from '../stages'
import { broken, type Definition } from '../variant'
import { intercept } from './tools'

/** A header that is looked up as the docs write it. */
const asWritten = (wanted: string): Hooks => ({
  authenticate: (next) => (call) => {
    const { rawHeaders } = call.request
    const isOther = rawHeaders.some((text, i) => i % 2 === 0 && text !== wanted && text.toLowerCase() === wanted.toLowerCase())
    return isOther ? jsonReply(401, { error_code: 'APIG.0301', error_msg: `${wanted} is missing` }) : next(call)
  },
})

const headerNames: readonly Definition[] = ['X-Auth-Token', 'Content-Type'].map((header) => ({
  name: `${header.toLowerCase()}-read-in-one-case`,
  promise: `the name of the header ${header} is the same in any case (RFC 9110, section 5.1)`,
  finds: { place: 'header.*' },
  hooks: asWritten(header),
}))

const accepts = (test: (accept: string) => boolean): Hooks =>
  intercept((call) => (test(headerValue(call, 'accept') ?? '') ? errorReply(406, 'ASM.01010406', 'Not acceptable') : undefined))

/** What a client library sends of its own accord. */
const ofLibraries: readonly Definition[] = [
  {
    name: 'type-behind-the-token-unseen',
    promise: 'headers come in any order (RFC 9110, section 5.3)',
    finds: { place: 'header*' },
    hooks: intercept(({ request: { rawHeaders } }) => {
      const names = rawHeaders.filter((_, i) => i % 2 === 0).map((text) => text.toLowerCase())
      return names.indexOf('content-type') > names.indexOf('x-auth-token') && names.includes('x-auth-token')
        ? jsonReply(415, { error_code: 'APIG.0201', error_msg: 'Content-Type is missing' })
        : undefined
    }),
  },
  {
    name: 'any-media-type-asked-for-gives-406',
    promise: 'who asks for any media type gets the documented one (RFC 9110, section 12.5.1)',
    finds: { place: 'header*' },
    hooks: accepts((accept) => accept === '*/*'),
  },
  {
    name: 'quality-asked-for-gives-406',
    promise: 'a weight says how welcome a media type is (RFC 9110, section 12.4.2)',
    finds: { place: 'header*' },
    hooks: accepts((accept) => accept.includes(';q=') && !accept.includes(',')),
  },
]

/** Requests whose headers are written as HTTP lets them be written, and are not understood. */
export const requestHeaders = broken('input', [...headerNames, ...ofLibraries])
