import { Command, type CommanderError, InvalidArgumentError, Option } from 'commander'
import { isDay } from '../core/baseline'
import { formats } from '../reports/formats'
import { packageInfo } from './package'
import { pactCommands } from './pactProgram'

type RunModule = typeof import('./run')

/**
 * Each command loads what it needs when it runs, so that `--version` and `--help` start at once.
 * @param loadRun loads the main command, which the build has made one file of
 */
export function createProgram(loadRun: () => RunModule | Promise<RunModule> = () => import('./run')): Command {
  const program = new Command('plumbline')
    .description('Holds an HTTP API against its documentation.')
    .version(packageInfo().version)
    // So that a command may have a --version of its own, which would else print this one and exit 0.
    .enablePositionalOptions()
    .showHelpAfterError('(plumbline --help tells more)')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'plumbline: ')) })
    .exitOverride((error: CommanderError) => {
      process.exit(error.exitCode === 0 ? 0 : 2)
    })
    .addHelpText('after', examples)

  runOptions(program.command('run').description('test a target; without --target, the embedded reference server'))
    .addHelpText('after', runExamples)
    .action(async (_, command) => (await loadRun()).runCommand(await configured(command), process.argv.slice(2)))

  runOptions(
    program
      .command('watch')
      .description('run, and run again when the document or the config file changes or Enter is pressed, what failed first'),
  ).action(async (_, command) => (await import('./watch')).watchCommand(() => configured(command), process.argv.slice(2)))

  targetOptions(
    program.command('replay').description('send the smallest cases of a report again: exit 1 if one still fails, 0 if all are mended'),
  )
    .argument('<report>', 'report.json of an earlier run')
    .argument('[finding]', 'id of one finding (default: all)')
    .option('--rate <n>', 'requests a second at most, the clean-up too', above0)
    .option('--timeout <s>', 'seconds until an answer counts as a hang', seconds, 10)
    .action(async (report, finding, _, command) => (await import('./replay')).replayCommand(report, finding, await configured(command)))

  requestOptions(
    targetOptions(
      program.command('doctor').description('send one valid request, and say in words what is missing for a run: exit 3 if something is'),
    ),
  )
    .option('--seed <n>', 'repeat the request of an earlier look', integer)
    .option('--rate <n>', 'requests a second at most, the clean-up too', above0)
    .option('--timeout <s>', 'seconds until an answer counts as a hang', seconds, 10)
    .option('--out <dir>', 'folder for the ledger', 'plumbline-report')
    .action(async (_, command) => (await import('./doctor')).doctorCommand(await configured(command)))

  program
    .command('merge')
    .description('make one report with one verdict of the parts of a run (run --shard)')
    .argument('<dir...>', "folders of the parts' reports")
    .option('--out <dir>', 'folder for the reports', 'plumbline-report')
    .addOption(reportOption())
    .option('--baseline <file>', 'known findings, which do not fail')
    .option('--quiet', 'print findings and the verdict only')
    .action(async (dirs, options) => (await import('./merge')).mergeCommand(dirs, options))

  requestOptions(
    credentialOptions(
      program.command('cleanup').description('delete what the ledger of an earlier run still holds: exit 3 if something stays'),
    ),
  )
    .argument('<ledger>', 'ledger-….ndjson of a run, also of one that was killed')
    .option('--timeout <s>', 'seconds until an answer counts as a hang', seconds, 10)
    .option('--rate <n>', 'requests a second at most', above0)
    .option('--concurrency <n>', 'requests at the same time', positive, 8)
    .action(async (ledger, _, command) => (await import('./cleanup')).cleanupCommand(ledger, await configured(command)))

  program
    .command('report')
    .description('make reports from an event log, of a killed run too, or from a report.json')
    .argument('<file>', 'events.ndjson or report.json')
    .option('--out <dir>', 'folder for the reports', 'plumbline-report')
    .addOption(reportOption())
    .option('--baseline <file>', 'known findings, to tell the new ones apart')
    .action(async (file, options) => (await import('./report')).reportCommand(file, options))

  program
    .command('diff')
    .description('tell what changed from one report to another: exit 1 if there are new findings')
    .argument('<before>', 'report.json of the earlier run')
    .argument('<after>', 'report.json of the later run')
    .option(
      '--report <format[=file]>',
      'html, markdown or json, instead of plain text; to standard output unless a file is named',
      collect,
      [],
    )
    .action(async (before, after, options) => (await import('./diff')).diffCommand(before, after, options))

  const baseline = program.command('baseline').description('keep the file of known findings, which do not fail a run')
  baseline
    .command('update')
    .description('take the new findings of a report into the baseline, and drop those that are fixed')
    .argument('[report]', 'report.json of a run', 'plumbline-report/report.json')
    .option('--baseline <file>', 'the baseline, YAML or JSON; it is made if it is not there', 'plumbline.baseline.yaml')
    .option('--reason <text>', 'why the new findings are borne', 'not looked into yet')
    .option('--owner <name>', 'who mends them', 'nobody yet')
    .option('--expires <date>', 'last day on which they are borne, YYYY-MM-DD (default: 90 days after the run)', day)
    .action(async (report, options) => (await import('./baseline')).baselineUpdateCommand(report, options))

  requestOptions(
    configOptions(program.command('lint').description('tell what of a document cannot be tested, and why: exit 1 if there is anything')),
  )
    .option('--operation <glob>', 'only these operations, by operationId or METHOD /path; may be repeated', collect, [])
    .option('--tag <tag>', 'only operations of this tag; may be repeated', collect, [])
    .option('--method <method>', 'only operations of this method; may be repeated', collect, [])
    .action(async (_, command) => (await import('./lint')).lintCommand(await configured(command)))

  documentOptions(configOptions(program.command('rules').description('list the rules that a run would test'))).action(async (_, command) =>
    (await import('./rules')).rulesCommand(await configured(command)),
  )

  documentOptions(configOptions(program.command('explain').description('tell what a rule promises, sends and expects, and why')))
    .argument('<rule>', 'id of a rule, as "plumbline rules" lists them')
    .action(async (rule, _, command) => (await import('./rules')).explainCommand(rule, await configured(command)))

  program
    .command('init')
    .description('write plumbline.config.yaml, with comments')
    .action(async () => (await import('./config/init')).initCommand())

  program
    .command('derive')
    .description('turn a page of the API reference into an OpenAPI 3.1 document')
    .argument('<page>', 'the page as text or Markdown')
    .option('-o, --out <file>', 'where to write it (default: standard output)')
    .action(async (page, options) => (await import('./derive')).deriveCommand(page, options))

  documentOptions(
    program
      .command('serve')
      .description(
        'answer as a document promises, and remember what is created; without --spec the reference server, or a variant of it; where the document asks for a credential, PLUMBLINE_TOKEN is the one that is right, and without it any is',
      ),
  )
    .option('--break <name>', 'a variant (see zoo --list)')
    .option('--port <n>', 'port to listen on', port, 8080)
    .action(async (options) => (await import('./serve')).serveCommand(options))

  program
    .command('zoo')
    .description('run the suite at the variants of the embedded server and print what it found; or list them')
    .option('--list', 'print name, kind and promise, separated by tabs')
    .option('--seeds <n>', 'runs of each variant', positive, 1)
    .option('--only <glob>', 'only variants of this name; may be repeated', collect, [])
    .option('--out <path>', 'write the table: a file that ends in .html or .json, or a folder for both')
    .action(async (options) => (await import('./zoo')).zooCommand(options))

  pactCommands(program, { configured, targetOptions, documentOptions, reportOption, collect, seconds, day })

  return program
}

/** The options of a command, with what the config file says where no flag does. */
async function configured<O extends object>(command: Command): Promise<O> {
  return (await import('./config/flags')).withConfig<O>(command)
}

function configOptions(command: Command): Command {
  return command
    .option('--config <file>', 'config file (default: plumbline.config.yaml, .json or .ts, here or in a folder above)')
    .option('--profile <name>', 'profile of the config file')
}

const reportOption = (): Option =>
  new Option('--report <format[=file]>', `${formats.join(', ')}, instead of html and json; - is standard output; may be repeated`)
    .argParser(collect)
    .default([])

function documentOptions(command: Command): Command {
  return command
    .option('--spec <file>', 'OpenAPI 2.0, 3.0 or 3.1 document, JSON or YAML (default: the bundled API)')
    .option('--remote-refs', 'fetch what $refs of the document name by http: and https:')
    .option('--overlay <file>', 'OpenAPI overlay that narrows the document; may be repeated', collect, [])
}

function requestOptions(command: Command): Command {
  return documentOptions(command).option('--param <name=value>', 'value of a path, query or header parameter; may be repeated', collect, [])
}

function runOptions(command: Command): Command {
  return requestOptions(targetOptions(command))
    .option('--operation <glob>', 'only these operations, by operationId or METHOD /path; may be repeated', collect, [])
    .option('--tag <tag>', 'only operations of this tag; may be repeated', collect, [])
    .option('--method <method>', 'only operations of this method (PUT, PATCH, DELETE: only if chosen); may be repeated', collect, [])
    .option('--seed <n>', 'repeat the cases of an earlier run', integer)
    .option('--max-requests <n>', 'requests at most, resends too (default: 3000)', positive)
    .option('--max-time <s>', 'seconds at most (default: 60)', seconds)
    .option('--timeout <s>', 'seconds until an answer counts as a hang', seconds, 10)
    .option('--concurrency <n>', 'requests at the same time', positive, 8)
    .option('--shard <i/n>', 'send this part of the run alone; "plumbline merge" makes one report of all parts')
    .option('--dry-run', 'tell what would be sent, and send nothing')
    .option('--rate <n>', 'requests a second at most, the clean-up too', above0)
    .option('--max-creates <n>', 'resources that are created at most', positive)
    .option('--creates-per-minute <n>', 'resources that are created at most in any 60 seconds', positive)
    .option('--rule <glob>', 'only these rules; * stands for any text; may be repeated', collect, [])
    .option('--skip <glob>', 'leave these rules out; may be repeated', collect, [])
    .option(
      '--confidence <percent>',
      'cases enough that each kept rule rules out this failure rate, e.g. 1%; sets --max-requests and --max-time',
      percent,
    )
    .option('--setting <name=value>', 'decide a contested question otherwise (see explain); may be repeated', collect, [])
    .option('--break <name>', 'a variant of the embedded server (see zoo --list)')
    .option('--out <dir>', 'folder for the reports', 'plumbline-report')
    .option(
      '--report <format[=file]>',
      `${formats.join(', ')} or events, instead of html and json; - is standard output; may be repeated`,
      collect,
      [],
    )
    .option('--max-failures <n>', 'end the plan after so many failing cases', positive)
    .option('--allow-flaky', 'exit 0 if every finding is flaky')
    .option('--baseline <file>', 'known findings, which do not fail (see baseline update)')
    .addOption(
      new Option('--cleanup <when>', 'delete what was created after each create, at the end, or not (how: see the config file)').choices([
        'each',
        'end',
        'none',
      ]),
    )
    .option('--quiet', 'print findings and the verdict only')
}

function targetOptions(command: Command): Command {
  return credentialOptions(command.option('--target <url>', 'URL of the server, with its base path if it has one'))
}

function credentialOptions(command: Command): Command {
  return configOptions(command)
    .option('--token <token>', 'credential for the API (default: PLUMBLINE_TOKEN)')
    .option('--header <name: value>', 'header of every request; may be repeated', collect, [])
    .option('--insecure', 'accept any TLS certificate')
    .option('--cacert <file>', 'PEM file of a certificate authority to trust')
}

const collect = (value: string, all: string[]): string[] => [...all, value]

function integer(text: string): number {
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new InvalidArgumentError('must be a whole number.')
  return Number(text)
}

function positive(text: string): number {
  const value = integer(text)
  if (value < 1) throw new InvalidArgumentError('must be at least 1.')
  return value
}

function port(text: string): number {
  const value = integer(text)
  if (value < 0 || value > 65535) throw new InvalidArgumentError('must be 0 to 65535.')
  return value
}

function above0(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('must be a number above 0.')
  return value
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('must be a number of seconds above 0.')
  return value
}

function day(text: string): string {
  if (!isDay(text)) throw new InvalidArgumentError('must be a date, e.g. 2027-03-31.')
  return text
}

function percent(text: string): number {
  const value = Number(text.replace(/%$/, '')) / 100
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('must be a percentage between 0 and 100, e.g. 1%.')
  return value
}

const examples = `
Examples:
  plumbline run                                        test the embedded reference server
  plumbline run --break string-as-port-accepted        see the suite find a defect
  plumbline run --target http://localhost:8080         test your own server
  plumbline replay plumbline-report/report.json        send the findings again

Exit codes: 0 conforms, 1 findings, 2 wrong usage, document or config, 3 could not be judged.`

const runExamples = `
Examples:
  plumbline run --target https://staging.example.com --param mesh_id=7d9c1a52-0f0e-4b0a-9d6c-2a5a0c3b1e11
  PLUMBLINE_TOKEN=… plumbline run --target https://staging.example.com --max-requests 500
  plumbline run --rule 'body.spec.ingress.port:*' --seed 42
  plumbline run --report html=report.html --report json=-
  plumbline run --report html --report junit --report sarif=plumbline.sarif`
