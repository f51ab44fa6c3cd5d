import { readFileSync } from 'node:fs'
import { UsageError } from '../core/errors'
import { sleepByClock } from '../runner/patience'
import { createPace, type Pace } from '../runner/rate'
import type { TlsOptions } from '../runner/route'

/** How all requests of a command travel, those for tokens and of the clean-up too. */
export interface Transport {
  readonly tls: TlsOptions
  /** Seconds to the answer. */
  readonly timeout: number
  readonly pace?: Pace
}

interface TransportOptions {
  /** Accept any certificate. */
  readonly insecure?: boolean
  /** PEM file of a certificate authority to trust besides. */
  readonly cacert?: string
  readonly timeout: number
  /** Requests a second at most; none: as fast as the target answers. */
  readonly rate?: number
}

/** @throws UsageError for a certificate that cannot be read */
export function transportOf({ insecure = false, cacert, timeout, rate }: TransportOptions): Transport {
  return {
    tls: { insecure, ...(cacert === undefined ? {} : { ca: certificate(cacert) }) },
    timeout,
    ...(rate === undefined ? {} : { pace: createPace(rate, undefined, sleepByClock) }),
  }
}

function certificate(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new UsageError('the certificate file cannot be read', file)
  }
}
