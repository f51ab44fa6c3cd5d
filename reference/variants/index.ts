import { combine, type Variant } from '../variant'
import { auth } from './auth'
import { body } from './body'
import { clock } from './clock'
import { company } from './company'
import { connections } from './connections'
import { errorShape } from './error-shape'
import { gateway } from './gateway'
import { input } from './input'
import { lawful } from './lawful'
import { leaks } from './leaks'
import { mixed } from './mixed'
import { oddValues } from './odd-values'
import { patience } from './patience'
import { requestHeaders } from './request-headers'
import { robustness } from './robustness'
import { shape } from './shape'
import { siblings } from './siblings'
import { sporadic } from './sporadic'
import { status } from './status'
import { madeTimes } from './times'
import { truth } from './truth'
import { madeUids } from './uids'
import { values } from './values'
import { wire } from './wire'

const freedoms = [...lawful, ...gateway, ...clock, ...patience, ...connections]
const named = (name: string): Variant => freedoms.find((variant) => variant.name === name)!
const together = (name: string, promise: string, names: readonly string[]): Variant => combine(name, promise, names.map(named))

/** Freedoms that meet in real deployments. */
const combined: readonly Variant[] = [
  together('strict-behind-gateway', 'freedoms may be used together: a strict server behind a gateway with pages of its own', [
    'strict',
    'missing-token-page',
    'other-type-page',
    'other-methods-page',
    'odd-paths-page',
    'large-headers-431',
    'existing-names-409',
    'charset-told',
  ]),
  together('lenient-with-defaults', 'freedoms may be used together: a lenient server that fills in defaults and more members', [
    'lenient',
    'defaults-filled-in',
    'more-members',
    'times-with-space',
    'uid-counted',
    'reads-answered',
    'any-parameter-of-type',
  ]),
  together('old-and-slow', 'freedoms may be used together: HTTP/1.0, slow, one creation at a time, a clock that is slow', [
    'errors-quote-the-body',
    'one-creation-at-a-time',
    'existing-names-409',
    'http-1-0',
    'clock-8-minutes-slow',
  ]),
  together('busy-cloud', 'freedoms may be used together: throttled, now and then unavailable, connections closed without a hint', [
    'throttled-with-retry-after',
    'gateway-502',
    'unavailable-with-retry-after',
    'connection-closed-at-once',
    'existing-names-gateway-409',
    'missing-token-403',
    'times-with-offset',
  ]),
  together('quoting-proxy', 'freedoms may be used together: compressed, chunked, lower-case headers, errors that quote what was sent', [
    'lenient-description',
    'gzip',
    'chunked-in-pieces-of-7',
    'headers-in-lower-case',
    'errors-quote-the-value',
    'malformed-quoted',
    'ascii-only',
  ]),
  together('small-and-impatient', 'freedoms may be used together: large bodies refused by closing, ten requests for a connection', [
    'unknown-members-refused',
    'large-bodies-refused-by-closing',
    'ten-requests-for-a-connection-untold',
    'long-paths-414',
    'slow-now-and-then',
    'times-as-http-date',
  ]),
]

/** Every variant, broken ones first. */
export const variants: readonly Variant[] = [
  ...input,
  ...body,
  ...status,
  ...shape,
  ...errorShape,
  ...oddValues,
  ...robustness,
  ...values,
  ...truth,
  ...mixed,
  ...madeUids,
  ...madeTimes,
  ...auth,
  ...leaks,
  ...wire,
  ...sporadic,
  ...company,
  ...requestHeaders,
  ...freedoms,
  ...combined,
  ...siblings,
]
