import { variants } from '../reference/zoo'

/** Prints the variants, a line each: name, kind, promise. */
export function zooCommand(): void {
  process.stdout.write(`${variants.map(({ name, kind, promise }) => `${name}\t${kind}\t${promise}`).join('\n')}\n`)
}
