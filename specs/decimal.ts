/** A number as the decimal that JSON writes: `digits / 10^scale`. Doubles alone would call 0.3 no multiple of 0.1. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

/** @param value a finite number */
export function decimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

/** The nearest double. */
export const toNumber = ({ digits, scale }: Decimal): number => Number(`${digits}e-${scale}`)

/** Digits of a decimal at another, not smaller, scale. */
export const digitsAt = ({ digits, scale }: Decimal, other: number): bigint => digits * 10n ** BigInt(other - scale)

/** True if `value` is an exact multiple of `step`, both as JSON writes them. */
export function isMultiple(value: number, step: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(step) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value % step === 0
  const a = decimal(value)
  const b = decimal(step)
  const scale = Math.max(a.scale, b.scale)
  return digitsAt(a, scale) % digitsAt(b, scale) === 0n
}

/**
 * True if every way to compute it says so: by decimals, by dividing doubles, by the remainder of doubles with or without tolerance.
 * For 0.07 and 0.01 the ways differ, so careful servers do too.
 */
export function isSurelyMultiple(value: number, step: number): boolean {
  if (!Number.isInteger(value / step)) return false
  if (Number.isInteger(step)) return isMultiple(value, step)
  const rest = value % step
  return (Math.abs(rest) < tolerance || (rest > 0 && step - rest < tolerance)) && isMultiple(value, step)
}

const tolerance = 1e-9

/** The smallest positive decimal that is a multiple of all. */
export function leastCommonMultiple(steps: readonly number[]): Decimal {
  const all = steps.map(decimal)
  const scale = Math.max(...all.map((step) => step.scale))
  const digits = all.map((step) => digitsAt(step, scale)).reduce((a, b) => (a / greatestCommonDivisor(a, b)) * b)
  return { digits, scale }
}

const greatestCommonDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : greatestCommonDivisor(b, a % b))
