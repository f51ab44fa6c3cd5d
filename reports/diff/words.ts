import type { ReportDiff } from '../../core/diff'
import type { Finding } from '../../core/finding'
import { counted } from '../text'

/** The parts of a comparison that hold findings, the one that needs a reader first. */
export const parts: readonly { readonly of: 'added' | 'fixed' | 'still' | 'notSeen'; readonly title: string; readonly about: string }[] = [
  { of: 'added', title: 'New', about: 'Not in the earlier run.' },
  { of: 'fixed', title: 'Fixed', about: 'Their rules were tested again, and kept.' },
  { of: 'still', title: 'Still there', about: 'Seen by both runs.' },
  { of: 'notSeen', title: 'Not seen', about: 'Their rules were not tested this time, or they are seen now and then only.' },
]

/** The comparison in one sentence. */
export function headlineOf({ added, fixed }: ReportDiff): string {
  if (added.length > 0) return `${counted(added.length, 'new finding')}${fixed.length > 0 ? `, ${fixed.length} fixed` : ''}`
  return fixed.length > 0 ? `${counted(fixed.length, 'finding')} fixed, none new` : 'No new findings'
}

export const resultWords = (result: string | undefined): string => result ?? 'not there'

/** Where a finding is, if its title does not tell. */
export const placeOf = ({ place, title }: Finding): string | undefined => (title.includes(place) ? undefined : place)
