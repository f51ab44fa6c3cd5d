import { ApiError, type WorkshopClient } from '../client'

/** What the console's form holds: texts, as an operator typed them. */
export interface Form {
  readonly mesh: string
  readonly name: string
  readonly description: string
  readonly cluster: string
  readonly loadBalancer: string
  readonly address: string
  readonly port: string
}

/** A line of the console's list of tasks, or why there is none. */
export type Row =
  | {
      readonly id: string
      readonly name: string
      readonly description: string
      readonly address: string
      readonly created: string
      readonly updated: string
    }
  | { readonly refused: string }

/** Creates a task from the form and gives the line that shows its state. */
export async function createTask(client: WorkshopClient, form: Form): Promise<Row> {
  try {
    const { metadata, description, spec, status } = await client.create(form.mesh, {
      ...(form.description === '' ? {} : { description: form.description }),
      metadata: { name: form.name },
      spec: {
        primaryCluster: form.cluster,
        ingress: { elbId: form.loadBalancer, elbIp: form.address, port: Number(form.port) },
      },
    })
    return {
      id: metadata?.uid ?? '',
      name: metadata?.name ?? '',
      description: description ?? '',
      address: `${spec?.ingress?.elbIp}:${spec?.ingress?.port}`,
      created: metadata?.creationTimestamp ?? '',
      updated: status?.updateTime ?? '',
    }
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return { refused: error.code ?? 'no reason was given' }
    throw error
  }
}
