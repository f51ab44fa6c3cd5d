import type { Check } from '../check'
import { contentType } from './content-type'
import { createsNothing } from './creates-nothing'
import { echo } from './echo'
import { errorInsideSuccess } from './error-inside'
import { errorShape } from './error-shape'
import { createLeak } from './leak'
import { made } from './made'
import { noFault } from './no-fault'
import { pageSize } from './page-size'
import { responseHeader } from './response-header'
import { serverError } from './server-error'
import { shape } from './shape'
import { status } from './status'
import { times } from './times'
import { unique } from './unique'
import { wellFormed } from './well-formed'

/**
 * All checks, in the order in which they look: what explains more comes first, so that one cause gives one failure.
 * @param secrets real tokens, which no answer may show
 * @param isCookie the docs state a cookie for them, which answers may set
 */
export const createChecks = (secrets: readonly string[], isCookie: boolean): readonly Check[] => [
  createLeak(secrets, isCookie),
  noFault,
  serverError,
  errorInsideSuccess,
  status,
  wellFormed,
  contentType,
  responseHeader,
  errorShape,
  shape,
  pageSize,
  createsNothing,
  echo,
  made,
  times,
  unique,
]
