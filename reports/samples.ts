import type { Report } from '../core/report'
import { baselinedReport, conformingReport, manyFindings, sampleReport, unjudgedReport } from './sample'
import { hostileReport } from './sampleHostile'

/** The reports that every format must be able to tell. */
export const samples: readonly (readonly [string, () => Report])[] = [
  ['of a target that conforms', conformingReport],
  ['with findings', () => sampleReport()],
  ['held against a baseline', baselinedReport],
  ['of a hostile target', hostileReport],
  ['with 1,000 findings', () => manyFindings(1000)],
  ['of a target that could not be judged', unjudgedReport],
]
