import type { Json } from '../../core/json'
import { decimal, digitsAt, isMultiple, isSurelyMultiple, leastCommonMultiple, toNumber } from '../../specs/decimal'
import { type Drawn, edgy, limitsOnly, none, pick, type Variant } from './draw'
import type { Shape } from './shape'
import { equal } from './values'

const safe = Number.MAX_SAFE_INTEGER
/** Ranges of so few values are listed. */
const few = 64
/** Where careless code breaks: the borders of machine types. */
const borders = [0, 1, 2, 10, 100, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, safe]

/**
 * Numbers of a shape.
 * @param whole integers; else numbers with a fraction
 * @returns undefined if there is none
 */
export function numbers(shape: Shape, whole: boolean): Variant | undefined {
  if (whole || shape.multiples.length > 0) return multiples(shape, whole)
  return fractions(shape)
}

function multiples(shape: Shape, whole: boolean): Variant | undefined {
  const step = leastCommonMultiple(whole ? [1, ...shape.multiples] : shape.multiples)
  const size = toNumber(step)
  // Beyond 2^53 neighbours are alike; where the schema leads there, whatever doubles there are.
  const delicate = shape.multiples.filter((of) => !Number.isInteger(of))
  const reach = Math.max(delicate.length > 0 ? Math.min(2 ** 31, safe * size) : safe, size * 8)
  const [low, high] = finite(shape.min, shape.max, reach)
  const first = quotient(low, true, shape.minOpen && low === shape.min)
  const last = quotient(high, false, shape.maxOpen && high === shape.max)
  if (first > last) return undefined
  const fits = (value: number) =>
    Number.isInteger(value) === whole &&
    (shape.minOpen ? value > shape.min : value >= shape.min) &&
    (shape.maxOpen ? value < shape.max : value <= shape.max) &&
    delicate.every((of) => isSurelyMultiple(value, of)) &&
    !shape.notMultiples.some((of) => isMultiple(value, of)) &&
    !shape.excluded.some((other) => equal(value, other))

  const multiple = (k: bigint): number => {
    const value = toNumber({ digits: step.digits * k, scale: step.scale })
    return value === 0 ? 0 : value
  }
  if (last - first < few) {
    const domain = Array.from({ length: Number(last - first) + 1 }, (_, i) => multiple(first + BigInt(i))).filter(fits)
    if (domain.length === 0) return undefined
    const edges = [domain[0] as number, domain.at(-1) as number]
    return { domain, draw: (run) => pick(run.random, edgy(run) ? edges : domain) }
  }
  const seen = new Set<number>()
  const edgesOf = (candidates: readonly number[]) => candidates.filter((value) => fits(value) && !seen.has(value) && seen.add(value))
  const ends = edgesOf([first, last, first + 1n, last - 1n].map(multiple))
  const known = edgesOf(
    borders
      .flatMap((border) => [border, -border])
      .flatMap((border) => [quotient(border, true, false), quotient(border, false, false)].map(multiple)),
  )
  // Its own ends tell more about a schema than the borders of machine types.
  const edges = [...ends, ...ends, ...ends, ...known]
  const plain = first >= BigInt(-safe) && last <= BigInt(safe)
  const small = 100n
  const nearLow = first > -small ? first : last < small ? last - 2n * small : -small
  const nearHigh = nearLow + 2n * small < last ? nearLow + 2n * small : last
  const from = nearLow < first ? first : nearLow
  const [firstK, lastK, fromK, toK] = [Number(first), Number(last), Number(from), Number(nearHigh)]
  const direct = plain && whole && Number.isSafeInteger(size)
  return {
    draw(run): Drawn {
      if (edges.length > 0 && edgy(run)) return pick(run.random, run.bias === limitsOnly && ends.length > 0 ? ends : edges)
      for (let i = 0; i < 20; i++) {
        let value: number
        if (plain) {
          const k = run.random.nextInt(0, 1) === 0 ? run.random.nextInt(fromK, toK) : run.random.nextInt(firstK, lastK)
          value = direct ? k * size : multiple(BigInt(k))
          if (direct && !Number.isSafeInteger(value)) value = multiple(BigInt(k))
          if (value === 0) value = 0
        } else value = multiple(first + run.random.nextBigInt(0n, last - first))
        if (fits(value)) return value
      }
      return edges.length > 0 ? pick(run.random, edges) : none
    },
  }

  /** The multiple of the step that lies at or next to a limit. */
  function quotient(limit: number, up: boolean, open: boolean): bigint {
    const of = decimal(limit)
    const scale = Math.max(of.scale, step.scale)
    const a = digitsAt(of, scale)
    const b = digitsAt(step, scale)
    const floor = a / b - (a % b !== 0n && a < 0n ? 1n : 0n)
    const exact = floor * b === a
    if (up) return exact && !open ? floor : floor + 1n
    return exact && open ? floor - 1n : floor
  }
}

/** An interval to draw from: `reach` to both sides of 0, more where a bound lies beyond. */
function finite(min: number, max: number, reach: number): readonly [number, number] {
  const low = Number.isFinite(min) ? min : Number.isFinite(max) && max < 0 ? Math.max(2 * max - reach, -Number.MAX_VALUE) : -reach
  const high = Number.isFinite(max) ? max : Number.isFinite(min) && min > 0 ? Math.min(2 * min + reach, Number.MAX_VALUE) : reach
  return [low, high]
}

const wide = 1e6

function fractions(shape: Shape): Variant | undefined {
  const low = shape.minOpen ? next(shape.min, 1) : shape.min
  const high = shape.maxOpen ? next(shape.max, -1) : shape.max
  const [from, to] = finite(low, high, wide)
  if (!(from <= to)) return undefined
  const fits = (value: number) => value >= low && value <= high && !Number.isInteger(value)
  const edges = [low, high, next(low, 1), next(high, -1), 0.5, -0.5, 0.1, 1e-7, -1e-7, 1.5e-300, 123456.789, 3.14, 1e21 / 3].filter(
    (value, i, all) => Number.isFinite(value) && fits(value) && all.indexOf(value) === i,
  )
  const near = [Math.max(from, from > 0 ? from : -100), Math.min(to, from > 0 ? from + 100 : 100)] as const
  const span = to - from
  return {
    draw({ random, bias, room }): Drawn {
      if (edges.length > 0 && edgy({ random, bias, room })) return pick(random, bias === limitsOnly ? edges.slice(0, 2) : edges)
      for (let i = 0; i < 12; i++) {
        const [a, b] = near[0] <= near[1] && i % 2 === 0 ? near : [from, to]
        const scale = 10 ** random.nextInt(1, 3)
        const share = random.nextInt(0, 2 ** 30) / 2 ** 30
        const exact =
          i % 3 === 2 || !Number.isFinite(span) ? a * (1 - share) + b * share : Math.round((a + (b - a) * share) * scale) / scale
        if (fits(exact)) return exact
        const inside = from * (1 - share) + to * share
        if (fits(inside)) return inside
      }
      return edges.length > 0 ? pick(random, edges) : none
    },
  }
}

const bits = new DataView(new ArrayBuffer(8))

/** The next double in a direction. */
function next(value: number, direction: 1 | -1): number {
  if (!Number.isFinite(value)) return value
  if (value === 0) return direction * Number.MIN_VALUE
  bits.setFloat64(0, value)
  bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(value > 0 ? direction : -direction))
  return bits.getFloat64(0)
}

export const constants = (domain: readonly Json[]): Variant => ({ domain, draw: ({ random }) => pick(random, domain) })
