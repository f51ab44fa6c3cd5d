import type { RuleKind } from '../rule'
import { accept } from './accept'
import { constraint } from './constraint'
import { credentials } from './credentials'
import { forms } from './forms'
import { headers } from './headers'
import { malformed } from './malformed'
import { odd } from './odd'
import { otherMedia } from './otherMedia'
import { parameters } from './parameters'
import { required } from './required'
import { several } from './several'
import { solved } from './solved'
import { structure } from './structure'
import { target } from './target'
import { type } from './type'

/** Every kind of rule; adding one is a file and a line here. */
export const ruleKinds: readonly RuleKind[] = [
  accept,
  required,
  type,
  constraint,
  several,
  solved,
  forms,
  otherMedia,
  parameters,
  malformed,
  headers,
  credentials,
  odd,
  structure,
  target,
]
