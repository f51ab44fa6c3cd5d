/** A point in time as a text tells it. */
export interface Time {
  /** Milliseconds since the epoch; without a zone as if it were UTC. */
  readonly ms: number
  readonly zoned: boolean
  /** Milliseconds between two neighbouring times of this form. */
  readonly resolution: number
}

const minute = 60_000
const day = 24 * 60 * minute
const names = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const date = '(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)'
const clock = '(?<hour>\\d\\d):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,18}))?|[.,](?<part>\\d{1,18}))?'
const offset = '(?<zone>[Zz]|(?<sign>[+-])(?<oh>\\d\\d):?(?<om>\\d\\d)?)'
/** As Go writes it behind the offset. */
const zoneName = '(?: ?(?:UTC|GMT)| [A-Z]{2,5}| [+-]\\d{2,4})?'
const weekday = '(?:mon|tue|wed|thu|fri|sat|sun)'
const month = `(?<name>${names.join('|')})`

const forms: readonly RegExp[] = [
  // RFC 3339, ISO 8601, `YYYY-MM-DD HH:mm:ss`, with or without offset, or as Go has it.
  new RegExp(`^${date}(?:[Tt ]${clock}(?: ?(?<utc>UTC|GMT)| ?${offset}${zoneName})?(?: m=[+-]\\d+\\.\\d+)?)?$`),
  // ISO 8601, basic form.
  new RegExp(
    `^(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)T(?<hour>\\d\\d)(?<minute>\\d\\d)(?:(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,18}))?)?${offset}?$`,
  ),
  // ISO 8601, day of the year, and day of the week.
  new RegExp(`^(?<year>\\d{4})-(?<ordinal>\\d{3})(?:T${clock}${offset}?)?$`),
  new RegExp(`^(?<year>\\d{4})-W(?<week>\\d\\d)-(?<weekday>[1-7])(?:T${clock}${offset}?)?$`),
  // HTTP-date (RFC 9110, 5.6.7), the three forms of it.
  new RegExp(`^${weekday}, (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${clock} (?:(?<utc>GMT|UTC)|${offset})$`, 'i'),
  new RegExp(`^${weekday}[a-z]*, (?<day>\\d\\d)-${month}-(?<short>\\d\\d) ${clock} (?<utc>GMT|UTC)$`, 'i'),
  new RegExp(`^${weekday} ${month} (?<day>[ \\d]\\d) ${clock} (?<year>\\d{4})$`, 'i'),
]

/** Reads a time in one of the forms that servers honestly write, epoch seconds and milliseconds included; undefined: it is none. */
export function parseTime(text: string): Time | undefined {
  if (text.length > 80) return undefined
  if (/^-?\d{1,11}$/.test(text)) return { ms: Number(text) * 1000, zoned: true, resolution: 1000 }
  if (/^\d{1,11}\.\d{1,9}$/.test(text))
    return { ms: Math.floor(Number(text) * 1000), zoned: true, resolution: fractionStep(text.split('.')[1]) }
  if (/^\d{12,13}$/.test(text)) return { ms: Number(text), zoned: true, resolution: 1 }
  for (const form of forms) {
    const groups = form.exec(text)?.groups
    if (groups) return fromParts(groups)
  }
  return undefined
}

function fromParts(parts: Record<string, string | undefined>): Time | undefined {
  const [hour, min, second] = [Number(parts.hour ?? 0), Number(parts.minute ?? 0), Number(parts.second ?? 0)]
  const midnight = midnightOf(parts)
  // A leap second, and midnight as the end of a day, are lawful.
  if (midnight === undefined || hour > 24 || min > 59 || second > 60 || (hour === 24 && min + second > 0)) return undefined
  const offsetMinutes = parts.sign ? Number(`${parts.sign}1`) * (Number(parts.oh) * 60 + Number(parts.om ?? 0)) : 0
  if (Math.abs(offsetMinutes) >= 24 * 60 || Number(parts.om ?? 0) > 59) return undefined
  const fraction = Math.floor(Number(`0.${parts.fraction ?? 0}`) * 1000) + Math.floor(Number(`0.${parts.part ?? 0}`) * minute)
  const zoned = parts.zone !== undefined || parts.utc !== undefined || parts.short !== undefined
  return {
    ms: midnight + hour * 60 * minute + min * minute + second * 1000 + fraction - offsetMinutes * minute,
    zoned,
    resolution: stepOf(parts),
  }
}

function midnightOf(parts: Record<string, string | undefined>): number | undefined {
  const year = parts.short === undefined ? Number(parts.year) : 2000 + Number(parts.short)
  if (parts.ordinal !== undefined) {
    const ordinal = Number(parts.ordinal)
    return ordinal >= 1 && ordinal <= 366 ? Date.UTC(year, 0, ordinal) : undefined
  }
  if (parts.week !== undefined) {
    const week = Number(parts.week)
    // The first week has January 4th in it.
    const first = new Date(Date.UTC(year, 0, 4))
    const monday = first.getTime() - ((first.getUTCDay() + 6) % 7) * day
    return week >= 1 && week <= 53 ? monday + ((week - 1) * 7 + Number(parts.weekday) - 1) * day : undefined
  }
  const index = parts.name === undefined ? Number(parts.month) - 1 : names.indexOf(parts.name.toLowerCase())
  const at = new Date(0)
  at.setUTCFullYear(year, index, Number(parts.day))
  return at.getUTCMonth() === index && at.getUTCDate() === Number(parts.day) ? at.getTime() : undefined
}

function stepOf(parts: Record<string, string | undefined>): number {
  if (parts.hour === undefined) return day
  if (parts.second === undefined) return parts.part === undefined ? minute : Math.max(1, minute / 10 ** parts.part.length)
  return parts.fraction === undefined ? 1000 : fractionStep(parts.fraction)
}

/** A fraction of zeros alone is filled up, not measured. */
const fractionStep = (fraction = ''): number => (/^0*$/.test(fraction) ? 1000 : Math.max(1, 10 ** (3 - fraction.length)))

/** The first millisecond of the step that holds a time. */
export const floorTo = (ms: number, step: number): number => Math.floor(ms / step) * step
