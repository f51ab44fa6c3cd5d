import { createHash } from 'node:crypto'
import type { Report } from '../../core/report'
import { type Html, html, trusted } from './html'
import { style } from './style'

export type Tone = 'good' | 'bad' | 'unsure'

/** The mark of a verdict: a plumb bob that hangs true, or does not. */
export const bob = trusted(
  '<svg class="bob" viewBox="0 0 24 32" aria-hidden="true"><path d="M12 0v13" fill="none" stroke="currentColor" stroke-width="2"/><path d="M6.5 13h11v6.5L12 31l-5.5-11.5z" fill="currentColor"/></svg>',
)

function icon(tone: Tone): string {
  const colour = { good: '%231f7a4d', bad: '%23b3261e', unsure: '%238a6100' }[tone]
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='-4 0 32 32'%3E%3Cpath d='M11 0h2v13h4.5v6.5L12 31 6.5 19.5V13H11z' fill='${colour}'/%3E%3C/svg%3E`
}

export const foot = ({ name, version }: Report['tool']): Html => html`<footer><p>${name} ${version}</p></footer>`

const hash = (source: string): string => `'sha256-${createHash('sha256').update(source).digest('base64')}'`

/** A page in one file. A strict Content-Security-Policy allows its style and its script alone. */
export function renderPage({
  title,
  tone,
  tool,
  body,
  script,
}: {
  readonly title: string
  readonly tone: Tone
  readonly tool: Report['tool']
  readonly body: Html
  readonly script?: string
}): string {
  const policy = [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    ...(script === undefined ? [] : [`script-src ${hash(script)}`]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  return html`<!doctype html>
<html lang="en" data-theme="auto">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><meta name="generator" content="${tool.name} ${tool.version}">
<title>${title} · Plumbline</title><link rel="icon" href="${icon(tone)}">
<style>${trusted(style)}</style></head>
<body>${body}
${script !== undefined && html`<script>${trusted(script)}</script>`}</body></html>
`.html
}
