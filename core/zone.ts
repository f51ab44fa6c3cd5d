/** The three kinds of request: valid under the assumptions, broken in one documented rule, or left open by the docs. */
export const zones = ['accept', 'reject', 'either'] as const

export type Zone = (typeof zones)[number]
