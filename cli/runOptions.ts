import type { Settings } from '../contracts/settings'
import type { KnownFinding } from '../core/baseline'
import type { Emit } from '../core/event'
import type { Shard } from '../runner/shard'
import type { Choice } from './choose'
import type { AuthConfig, CleanupConfig } from './config/config'

export interface RunOptions extends Choice {
  /** Origin and base path of the server to test; none: the embedded reference server. */
  readonly target?: string
  /** Variant of the embedded server (see `zoo`). */
  readonly break?: string
  /** OpenAPI document, JSON or YAML; none: the bundled API. */
  readonly spec?: string
  /** Fetch what `$ref`s of the document name by `http:` and `https:`. */
  readonly remoteRefs?: boolean
  /** OpenAPI overlays, laid over the document in order. */
  readonly overlays?: readonly string[]
  /** Told of each file that the document's `$ref`s name, before it is read. */
  readonly onFile?: (path: string) => void
  readonly token?: string
  /** Where the credential comes from, unless `token` is given. */
  readonly auth?: AuthConfig
  readonly headers?: readonly (readonly [string, string])[]
  /** Values of path, query and header parameters. */
  readonly params?: Readonly<Record<string, string>>
  /** 32-bit integer; random unless given. */
  readonly seed?: number
  /** Requests on the wire at most, resends too. Default 3000. */
  readonly maxRequests?: number
  /** Seconds at most. Default 60. */
  readonly maxTime?: number
  /** Seconds until an answer counts as a hang. Default 10. */
  readonly timeout?: number
  /** Requests at the same time. Default 8. */
  readonly concurrency?: number
  /** Requests a second at most, those of the clean-up too; none: as fast as the target answers. */
  readonly rate?: number
  /** Resources that are created at most, in all and in any 60 seconds. */
  readonly maxCreates?: number
  readonly createsPerMinute?: number
  /** Failing cases that end the plan; none: it is sent whole. */
  readonly maxFailures?: number
  /** Contested oracles that are decided otherwise than by default (see `contracts/settings.ts`). */
  readonly settings?: Partial<Settings>
  /** Failure rate, 0–1, that each kept rule must rule out at 95 %: sets the number of its cases, and the request budget. */
  readonly confidence?: number
  /** Accept any certificate. */
  readonly insecure?: boolean
  /** PEM file of a certificate authority to trust besides. */
  readonly cacert?: string
  readonly emit?: Emit
  /** Aborting ends the run; what was seen is still reported. */
  readonly signal?: AbortSignal
  /** The command that repeats the run, for the report; the seed is added. */
  readonly command?: string
  /** Where `report.json` will lie, for replay lines. */
  readonly reportFile?: string
  /** Findings that do not repeat each time let the run pass. */
  readonly allowFlaky?: boolean
  /** What every created name begins with; further letters that the seed gives follow. */
  readonly prefix?: string
  /** How what the run creates is deleted; none: it is not. */
  readonly cleanup?: CleanupConfig
  /** Where the ledger of what the run creates is kept; default: beside the reports. */
  readonly ledgerFolder?: string
  /** Ids of rules that are sent before all others. */
  readonly first?: readonly string[]
  /** Send this part of the run alone; its event log is for `merge`. Rate, requests and creates are shared among the parts. */
  readonly shard?: Shard
  /** Findings that are known: only others fail. */
  readonly baseline?: { readonly file: string; readonly known: readonly KnownFinding[] }
}

export const defaults = { maxRequests: 3000, maxTime: 60, timeout: 10, concurrency: 8 } as const
