import { runs, visible } from '../text'

/** A piece of HTML. Only this file makes them, so that a text can become HTML in one way alone: escaped. */
export interface Html {
  readonly html: string
}

type Part = string | number | Html | false | undefined | readonly Part[]

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)

function render(part: Part): string {
  if (part === undefined || part === false) return ''
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(render).join('')
  return escapeHtml(visible(String(part)))
}

/** A template of HTML. Texts put into it, between tags or in a quoted attribute, are escaped, and what cannot be seen in them is shown. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: strings.reduce((sum, string, index) => sum + render(parts[index - 1]) + string),
})

/** Source text of this project (a style sheet, a script) as it is. Never for text from elsewhere. */
export const trusted = (source: string): Html => ({ html: source })

/** Text for an attribute from which a script reads it back unchanged (what a button copies): only HTML is escaped. */
const exact = (text: string): Html => ({
  html: escapeHtml(text).replace(/[\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`),
})

/** Text that is shown as code: escapes of unseen characters are set apart. `keep` names characters that stay as they are, e.g. line ends. */
export const code = (text: string, keep = ''): Html => ({
  html: runs(text, keep)
    .map((run) => (run.escaped ? `<span class="unseen">${run.text}</span>` : escapeHtml(run.text)))
    .join(''),
})

/** A text for an `id` attribute, and the fragment that leads to it, e.g. `rule/body.spec.ingress.port:type`. */
const anchor = (kind: string, id: string): string => `${kind}/${visible(id).replace(/\s/g, '_')}`
const fragment = (text: string): string => encodeURIComponent(text).replace(/%(2F|3A|2C)/g, decodeURIComponent)

export const findingAnchor = (id: string): string => anchor('finding', id)
export const ruleAnchor = (id: string): string => anchor('rule', id)
export const silenceAnchor = (place: string): string => anchor('silence', place)

/** The link to the element with this id. */
export const linkTo = (id: string): string => `#${fragment(id)}`

/** The link to a section with filters set, e.g. `#rules?place=body.spec&zone=reject`. */
export const filterLink = (section: string, filters: Readonly<Record<string, string>>): string =>
  `#${section}?${Object.entries(filters)
    .map(([name, value]) => `${name}=${encodeURIComponent(visible(value))}`)
    .join('&')}`

/** A button that copies `text`; it is shown where the script runs. */
export const copyButton = (text: string, what: string): Html =>
  html`<button type="button" class="copy needs-script" data-copy="${exact(text)}" aria-label="Copy ${what}"><span>Copy</span></button>`

/** A text with a fallback break after each dot, so that long places wrap where a reader would break them. */
export const breakable = (place: string): Html => ({
  html: escapeHtml(visible(place)).replace(/([.:/]|,(?=\S))(?=[^\s.])/g, '$1<wbr>'),
})
