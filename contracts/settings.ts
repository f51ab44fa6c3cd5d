import { UsageError } from '../core/errors'

/** One contested oracle: what is decided by default, and why. Shown by `explain` and in reports. */
interface Setting<Value> {
  readonly default: Value
  readonly values: string
  readonly reason: string
}

const setting = <Value>(definition: Setting<Value>): Setting<Value> => definition

type Verdict = 'finding' | 'lawful'

/** Every question that good engineers answer differently, in one place. */
export const settingDefinitions = {
  coercion: setting<Verdict>({
    default: 'finding',
    values: 'finding, lawful',
    reason:
      'A value of another JSON type than documented (`"8"` for an integer) is an incorrect parameter: a server that converts it guesses what the caller meant.',
  }),
  trimming: setting<Verdict>({
    default: 'finding',
    values: 'finding, lawful',
    reason: 'Blanks at the ends of a value belong to the value: a caller that looks for what it sent would not find it.',
  }),
  normalisation: setting<Verdict>({
    default: 'finding',
    values: 'finding, lawful',
    reason: 'JSON strings are equal code point by code point (RFC 8259, 8.3): a normalised text is another text.',
  }),
  unknownMembers: setting<Verdict>({
    default: 'lawful',
    values: 'finding, lawful',
    reason:
      'The documented answers name no closed list of members, and published examples hold more: a client must skip what it does not know.',
  }),
  formats: setting<Verdict>({
    default: 'finding',
    values: 'finding, lawful',
    reason: 'A `format` of a documented answer is a promise like its type; a value that the caller sent is never held against it.',
  }),
  bareErrors: setting<Verdict>({
    default: 'finding',
    values: 'finding, lawful',
    reason:
      'A documented status has its documented shape, whatever is refused: a 400 without it to a bad token, method or media type leaves a client without the code that it looks up. Other statuses may look as a gateway or a framework makes them.',
  }),
  clockSkewMinutes: setting<number>({
    default: 10,
    values: 'minutes',
    reason:
      'Clocks of a target and of this machine differ by minutes in practice; a time further from both the Date header and the local clock is not the time of creation.',
  }),
  constantSeconds: setting<number>({
    default: 5,
    values: 'seconds',
    reason: 'The same time in every answer over more than some seconds, and over two steps of its resolution, is not the time of anything.',
  }),
} as const

/** The decided value of each setting. */
export type Settings = { readonly [Name in keyof typeof settingDefinitions]: (typeof settingDefinitions)[Name]['default'] }

/**
 * Settings from `name=value` texts.
 * @throws UsageError for a name or a value that there is not
 */
export function parseSettings(texts: readonly string[]): Partial<Settings> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', value = ''] = text.split('=', 2)
      const definition = Object.hasOwn(settingDefinitions, name) ? settingDefinitions[name as keyof Settings] : undefined
      if (!definition)
        throw new UsageError(`--setting ${text}: there is no setting "${name}"; there are ${Object.keys(settingDefinitions).join(', ')}`)
      const parsed = typeof definition.default === 'number' ? Number(value) : value
      const allowed = typeof parsed === 'number' ? value !== '' && parsed >= 0 : definition.values.split(', ').includes(parsed)
      if (!allowed) throw new UsageError(`--setting ${text}: "${value}" is none of ${definition.values}`)
      return [name, parsed]
    }),
  )
}

/** The defaults, with some settings replaced. */
export function settingsWith(own: Partial<Settings> = {}): Settings {
  const defaults = Object.fromEntries(Object.entries(settingDefinitions).map(([name, definition]) => [name, definition.default]))
  return { ...defaults, ...own } as Settings
}
