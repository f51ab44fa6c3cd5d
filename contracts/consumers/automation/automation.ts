import { setTimeout as pause } from 'node:timers/promises'
import { ApiError, type WorkshopClient } from '../client'

/** One task that the tool is to bring up. */
export interface Job {
  readonly mesh: string
  readonly name: string
  readonly cluster: string
  readonly loadBalancer: { readonly id: string; readonly ip: string; readonly port: number }
  /** Reference of the image that the task runs. */
  readonly image: string
}

export type Outcome =
  | { readonly state: 'created'; readonly id: string; readonly image: string }
  /** The job itself is wrong: no use in trying again. */
  | { readonly state: 'refused'; readonly code: string }
  /** The service failed each time. */
  | { readonly state: 'failed'; readonly code: string; readonly attempts: number }

/**
 * Brings a task up. A refusal ends it; a failure of the service is tried again.
 * @param options.attempts calls at most. Default 3
 * @param options.wait milliseconds before the second call, twice as many before each further one. Default 500
 */
export async function launch(
  client: WorkshopClient,
  job: Job,
  { attempts = 3, wait = 500 }: { readonly attempts?: number; readonly wait?: number } = {},
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { metadata, spec } = await client.create(job.mesh, {
        metadata: { name: job.name },
        spec: {
          primaryCluster: job.cluster,
          ingress: { elbId: job.loadBalancer.id, elbIp: job.loadBalancer.ip, port: job.loadBalancer.port, imageAddress: job.image },
        },
      })
      return { state: 'created', id: metadata?.uid ?? '', image: spec?.ingress?.imageAddress ?? '' }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const code = error.code ?? `HTTP ${error.status}`
      if (error.status < 500) return { state: 'refused', code }
      if (attempt >= attempts) return { state: 'failed', code, attempts: attempt }
      await pause(wait * 2 ** (attempt - 1))
    }
  }
}
