import type { SchemaPromise } from '../../../core/operation'

const phrases: readonly (readonly [SchemaPromise, RegExp])[] = [
  ['unique', /\bunique(?:ly)?\b/i],
  [
    'generated',
    /\bautomatically (?:generated|created|assigned|allocated)\b|\b(?:generated|assigned|allocated) (?:automatically|by the (?:system|server|service))\b/i,
  ],
  [
    'custom-ignored',
    /\b(?:custom|user-defined|own) values?\b[^.]*\b(?:(?:will|does|do|has|have|takes?) (?:not|no)\b|(?:is|are) ignored\b|without effect\b)/i,
  ],
  ['created-at', /\btime\b[^.]*\bcreated\b|\b(?:creation|create) time\b|\btime of (?:the )?creation\b/i],
  [
    'updated-at',
    /\btime\b[^.]*\b(?:updated|modified)\b|\b(?:update|modification) time\b|\btime of (?:the )?(?:last )?(?:update|modification)\b/i,
  ],
]

/** What the description of a member of an answer promises of the server. */
export const readPromises = (text: string): SchemaPromise[] =>
  phrases.filter(([, pattern]) => pattern.test(text)).map(([promise]) => promise)
