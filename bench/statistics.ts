/**
 * The value that `share` of the values do not exceed, by the nearest rank.
 * @param share 0–1
 * @throws if there is no value
 */
export function quantile(values: readonly number[], share: number): number {
  const value = [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)]
  if (value === undefined) throw new Error('there is nothing to take a quantile of')
  return value
}

/** The middle value; of an even number the mean of the two in the middle. */
export const median = (values: readonly number[]): number =>
  (quantile(values, 0.5) +
    quantile(
      [...values].map((value) => -value),
      0.5,
    ) *
      -1) /
  2

/** Medians of each member over rows of the same members. */
export const medians = <K extends string>(rows: readonly Readonly<Record<K, number>>[]): Record<K, number> =>
  Object.fromEntries(Object.keys(rows[0] ?? {}).map((key) => [key, median(rows.map((row) => row[key as K]))])) as Record<K, number>
