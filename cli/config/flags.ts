import type { Command } from 'commander'
import type { AuthConfig, CleanupConfig, Profile } from './config'
import { type ConfigOptions, loadConfig } from './load'

/** What only a config file can say. */
export interface Configured {
  readonly auth?: AuthConfig
  readonly prefix?: string
  readonly cleanup?: CleanupConfig
}

/** Config members by the option that means the same, where their names differ. */
const optionOf: Readonly<Partial<Record<keyof Profile, string>>> = {
  overlays: 'overlay',
  params: 'param',
  headers: 'header',
  operations: 'operation',
  tags: 'tag',
  methods: 'method',
  rules: 'rule',
  settings: 'setting',
  reports: 'report',
}

/** How a map is written as the values of a repeated flag. */
const joint: Readonly<Partial<Record<keyof Profile, string>>> = { params: '=', settings: '=', headers: ': ' }

/**
 * The options of a command, with what the config file says where no flag does. Maps are joined: a flag wins over the entry of its name,
 * as it comes later.
 * @throws UsageError for a config file that is wrong
 */
export async function withConfig<O extends object>(command: Command): Promise<O & Configured> {
  const options: Record<string, unknown> = { ...command.opts() }
  const config = await loadConfig(options as ConfigOptions)
  const known = new Set(command.options.map((option) => option.attributeName()))
  for (const [key, value] of Object.entries(config) as [keyof Profile, unknown][]) {
    const name = optionOf[key] ?? key
    const between = joint[key]
    const fromFlag = command.getOptionValueSource(name) === 'cli'
    if (between !== undefined && known.has(name)) {
      const entries = Object.entries(value as Record<string, string>).map(([entry, text]) => entry + between + text)
      options[name] = [...entries, ...((options[name] as string[] | undefined) ?? [])]
    } else if (!fromFlag && (known.has(name) || only.has(key))) options[name] = value
  }
  const cleanup = options.cleanup
  // The flag says when, the config how.
  if (typeof cleanup === 'string') options.cleanup = config.cleanup ? { ...config.cleanup, when: cleanup } : { when: cleanup }
  return options as O & Configured
}

const only: ReadonlySet<keyof Profile> = new Set(['auth', 'prefix', 'cleanup'])
