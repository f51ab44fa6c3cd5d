import type { Command } from 'commander'

const collect = (value: string, all: string[]): string[] => [...all, value]

/** The commands for consumer pacts: `plumbline pact …`. */
export function pactCommands(program: Command): void {
  const pact = program.command('pact').description('consumer pacts: held against the document, verified at a target, exchanged by a broker')

  pact
    .command('check')
    .description('hold pacts against the document, without a server: exit 1 if it could never honour one')
    .argument('<file...>', 'pact files, version 1 to 4')
    .option('--spec <file>', 'OpenAPI 3.0 or 3.1 document, JSON or YAML (default: the bundled API)')
    .option('--overlay <file>', 'OpenAPI overlay; may be repeated', collect, [])
    .action(async (files, options) => (await import('./pactCheck')).pactCheckCommand(files, options))
}
