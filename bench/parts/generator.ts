import { packageRoot } from '../../specs/files'
import type { Generation } from '../generation'
import { node, source } from '../processes'

/** What generation takes by itself, in a process of its own. */
export async function generator({ rounds, cases }: { readonly rounds: number; readonly cases: number }): Promise<Generation> {
  const { stdout } = await node([...source('generation'), String(rounds), String(cases)], { cwd: packageRoot() })
  return JSON.parse(stdout) as Generation
}
