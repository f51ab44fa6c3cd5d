import { join } from 'node:path'
import type { Command, Option } from 'commander'

/** What all commands share of reading their words. */
interface Shared {
  configured<O extends object>(command: Command): Promise<O>
  targetOptions(command: Command): Command
  documentOptions(command: Command): Command
  reportOption(): Option
  collect(value: string, all: string[]): string[]
  seconds(text: string): number
  day(text: string): string
}

/** The commands for consumer pacts: `plumbline pact …`. */
export function pactCommands(
  program: Command,
  { configured, targetOptions, documentOptions, reportOption, collect, seconds, day }: Shared,
): void {
  /** A config's folder holds the reports of runs: those of pacts go beside them. */
  async function besideRuns<O extends { readonly out: string }>(command: Command): Promise<O> {
    const options = await configured<O>(command)
    const isOfConfig = command.getOptionValueSource('out') !== 'cli' && options.out !== command.getOptionValue('out')
    return isOfConfig ? { ...options, out: join(options.out, 'pact') } : options
  }

  const pact = program.command('pact').description('consumer pacts: held against the document, verified at a target, exchanged by a broker')

  documentOptions(
    pact.command('check').description('hold pacts against the document, without a server: exit 1 if it could never honour one'),
  )
    .argument('<file...>', 'pacts, version 1 to 4, or folders of them')
    .action(async (files, options) => (await import('./pactCheck')).pactCheckCommand(files, options))

  documentOptions(
    targetOptions(
      brokerOption(pact.command('verify')).description('replay the interactions of pacts at a target: exit 1 if it does not keep them'),
    ),
  )
    .argument('[file...]', "pacts, or folders of them (default: the broker's)")
    .option('--provider <name>', 'whose pacts (default: as the files say)')
    .option(
      '--selector <selector>',
      'which pacts of the broker: main, deployed, matching, or JSON; may be repeated (default: these three)',
      collect,
      [],
    )
    .option('--pending', 'let pacts that were never verified on this branch fail no build')
    .option('--wip-since <date>', 'verify pacts of other branches too that came since, YYYY-MM-DD; they fail no build', day)
    .option('--publish', 'publish the results at the broker')
    .option('--provider-version <version>', 'version that the target runs (default: the git commit)')
    .option('--branch <name>', 'branch of that version (default: as git says)')
    .option('--build-url <url>', 'URL of the build (default: as the build server says)')
    .option(
      '--state-change-url <url>',
      'service that sets provider states up; gets { state, action, params } by POST (default: they are taken to hold)',
    )
    .option('--param <name=value>', 'value that goes before a parameter of a provider state; may be repeated', collect, [])
    .option('--timeout <s>', 'seconds until an answer counts as a hang', seconds, 10)
    .option('--out <dir>', 'folder for the reports', 'plumbline-report/pact')
    .addOption(reportOption())
    .action(async (files, _, command) =>
      (await import('./pactVerify')).pactVerifyCommand(files, await besideRuns(command), process.argv.slice(2)),
    )

  brokerOption(pact.command('publish'))
    .description('publish pacts at a broker')
    .argument('<file...>', 'pacts, or folders of them')
    .option('--consumer-version <version>', 'version of the consumers (default: the git commit)')
    .option('--branch <name>', 'branch of that version (default: as git says)')
    .option('--tag <name>', 'tag of that version; may be repeated', collect, [])
    .option('--build-url <url>', 'URL of the build (default: as the build server says)')
    .action(async (files, options) => (await import('./pactBroker')).pactPublishCommand(files, options))

  brokerOption(pact.command('can-i-deploy'))
    .description('ask the broker whether a version may be deployed: exit 0 yes, 1 no')
    .requiredOption('--pacticipant <name>', 'consumer or provider')
    .option('--version <version>', 'its version (default: the git commit)')
    .requiredOption('--to-environment <name>', 'where it is to be deployed')
    .action(async (options) => (await import('./pactBroker')).canIDeployCommand(options))

  brokerOption(pact.command('record-deployment'))
    .description('tell the broker that a version is deployed')
    .requiredOption('--pacticipant <name>', 'consumer or provider')
    .option('--version <version>', 'its version (default: the git commit)')
    .requiredOption('--environment <name>', 'where it is deployed')
    .action(async (options) => (await import('./pactBroker')).recordDeploymentCommand(options))

  brokerOption(pact.command('publish-contract'))
    .description('publish the OpenAPI document, with a run of the suite as its verification, at PactFlow')
    .requiredOption('--provider <name>', 'whose document it is')
    .option('--provider-version <version>', 'version that was tested (default: the git commit)')
    .option('--branch <name>', 'branch of that version (default: as git says)')
    .option('--build-url <url>', 'URL of the build (default: as the build server says)')
    .option('--results <file>', 'report.json of the run', 'plumbline-report/report.json')
    .action(async (options) => (await import('./pactBroker')).publishContractCommand(options))
}

const brokerOption = (command: Command): Command =>
  command
    .option('--broker <url>', 'URL of the Pact Broker (default: PACT_BROKER_BASE_URL)')
    .addHelpText(
      'after',
      '\nCredentials for the broker come from PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD, or from PACT_BROKER_TOKEN.',
    )
