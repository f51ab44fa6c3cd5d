import createClient from 'openapi-fetch'
import type { operations, paths } from './api'

/** What a call sends to create a task. */
export type NewWorkshop = operations['createWorkshop']['requestBody']['content']['application/json']
/** A task as the API answers it. */
export type Workshop = operations['createWorkshop']['responses'][200]['content']['application/json']

/** The API refused a call, or failed at it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor(
    /** HTTP status, 400 to 599. */
    readonly status: number,
    /** `errorCode` of the answer, where there is one. */
    readonly code: string | undefined,
  ) {
    super(`the API answered ${status}${code === undefined ? '' : ` ${code}`}`)
  }
}

export interface WorkshopClient {
  /**
   * Creates a one-click experience task in a mesh.
   * @throws ApiError for any answer but success; fetch's TypeError if there is none
   */
  create(meshId: string, workshop: NewWorkshop): Promise<Workshop>
}

/**
 * A client of the API; its types are generated from the OpenAPI document (`npm run client:types`).
 * @param options.baseUrl origin and base path, e.g. `https://asm.example.com`
 * @param options.token goes as `X-Auth-Token`
 */
export function createWorkshopClient({ baseUrl, token }: { readonly baseUrl: string; readonly token: string }): WorkshopClient {
  const api = createClient<paths>({ baseUrl })
  return {
    async create(meshId, workshop) {
      const { data, error, response } = await api.POST('/v2/meshes/{mesh_id}/workshops', {
        params: { path: { mesh_id: meshId }, header: { 'Content-Type': 'application/json', 'X-Auth-Token': token } },
        body: workshop,
      })
      if (data !== undefined) return data
      throw new ApiError(response.status, (error as { errorCode?: string } | undefined)?.errorCode)
    },
  }
}
