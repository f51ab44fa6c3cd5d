/** One run of the suite at one variant of the reference server: a row of the kill table. */
export interface KillRow {
  readonly variant: string
  readonly kind: 'broken' | 'lawful'
  readonly promise: string
  readonly seed: number
  readonly verdict: string
  /** Broken and found, or lawful and left alone. */
  readonly right: boolean
  /** Titles of the findings, worst first. */
  readonly findings: readonly {
    readonly title: string
    readonly rule?: string
    readonly place: string
    readonly check: string
    readonly steady: string
    readonly changes: number
  }[]
  /** A finding is at a place, or by a check, that the variant names as its own. */
  readonly named?: boolean
  readonly requests: number
  /** Seconds of the whole run. */
  readonly seconds: number
  /** Requests, and seconds, until the first failure was seen. */
  readonly firstRequest?: number
  readonly firstSeconds?: number
  /** Requests of each shrinking. */
  readonly shrinking?: readonly number[]
  readonly reason?: string
}

/** The figures of a kill table. */
interface KillSummary {
  readonly broken: number
  readonly found: number
  /** Found, but at another place and by another check than the variant's own. */
  readonly otherName: number
  /** Told in more than two findings. */
  readonly toldOften: number
  readonly lawful: number
  readonly falseAlarms: number
  /** Medians over what was found, until the first failure. */
  readonly firstRequest?: number
  readonly firstSeconds?: number
}

export function killSummary(rows: readonly KillRow[]): KillSummary {
  const broken = rows.filter(({ kind }) => kind === 'broken')
  const lawful = rows.filter(({ kind }) => kind === 'lawful')
  const firstRequest = median(broken.flatMap((row) => row.firstRequest ?? []))
  const firstSeconds = median(broken.flatMap((row) => row.firstSeconds ?? []))
  return {
    broken: broken.length,
    found: broken.filter(({ right }) => right).length,
    otherName: broken.filter(({ named }) => named === false).length,
    toldOften: broken.filter(({ findings }) => findings.length > 2).length,
    lawful: lawful.length,
    falseAlarms: lawful.filter(({ right }) => !right).length,
    ...(firstRequest === undefined ? {} : { firstRequest }),
    ...(firstSeconds === undefined ? {} : { firstSeconds }),
  }
}

const median = (values: readonly number[]): number | undefined => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]
