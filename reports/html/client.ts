/**
 * The part of the browser's objects that the report's script uses. The compiler's own DOM types would make the browser's names
 * (`name`, `status`, `event`, …) known in every file of the project.
 */
interface Target {
  readonly tagName: string
  readonly id: string
  readonly dataset: Record<string, string | undefined>
  readonly classList: { toggle(name: string, on: boolean): void; add(name: string): void; contains(name: string): boolean }
  readonly isContentEditable: boolean
  readonly parentElement: Target | null
  textContent: string
  hidden: boolean
  open: boolean
  value: string
  checked: boolean
  focus(options?: { preventScroll: boolean }): void
  select(): void
  remove(): void
  append(...nodes: (Target | string)[]): void
  replaceChildren(...nodes: (Target | string)[]): void
  closest(selector: string): Target | null
  matches(selector: string): boolean
  querySelector(selector: string): Target | null
  querySelectorAll(selector: string): Iterable<Target>
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  scrollIntoView(options?: { block: string }): void
  showModal(): void
  close(): void
}

interface Happening {
  readonly target: Target
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  preventDefault(): void
}

interface Page {
  readonly document: Target & {
    readonly documentElement: Target
    readonly body: Target
    readonly activeElement: Target | null
    getElementById(id: string): Target | null
    createElement(tag: string): Target
    execCommand(command: string): boolean
    addEventListener(type: string, listener: (happening: Happening) => void): void
  }
  readonly location: { hash: string }
  readonly history: {
    replaceState(state: null, title: string, url: string): void
    pushState(state: null, title: string, url: string): void
  }
  readonly navigator: { readonly clipboard?: { writeText(text: string): Promise<void> } }
  readonly localStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void }
  addEventListener(type: string, listener: () => void): void
}

/**
 * The script of the report: search, filters, deep links, keyboard, theme, copy buttons. The page embeds the text of this function, so
 * it uses nothing from outside itself. The fragment of the address is the whole state: `#finding/ID?severity=critical&q=port`.
 */
export function client(): void {
  const { document, location, history, navigator, addEventListener } = globalThis as unknown as Page
  const all = (selector: string): Target[] => [...document.querySelectorAll(selector)]
  const one = (selector: string): Target => document.querySelector(selector)!
  const names = ['severity', 'baseline', 'steady', 'zone', 'result', 'place'] as const
  const items = all('[data-item]')
  const texts = new Map<Target, string>()
  const search = one('#search')
  const help = one('#help')
  let filters: Record<string, string[]> = {}
  let query = ''

  const store = {
    get(key: string): string | null {
      // A page in a sandbox has no storage: what is remembered is then remembered until it closes.
      try {
        return (globalThis as unknown as Page).localStorage.getItem(`plumbline-${key}`)
      } catch {
        return null
      }
    },
    set(key: string, value: string): void {
      try {
        ;(globalThis as unknown as Page).localStorage.setItem(`plumbline-${key}`, value)
      } catch {}
    },
  }

  const textOf = (item: Target): string => {
    const known = texts.get(item)
    if (known !== undefined) return known
    const text = item.textContent.toLowerCase()
    texts.set(item, text)
    return text
  }

  function fits(item: Target): boolean {
    const { item: kind, shows } = item.dataset
    for (const name of names) {
      const wanted = filters[name]
      const has = item.dataset[name]
      if (!wanted || (has === undefined && name !== 'place') || (kind === 'silence' && name !== 'place')) continue
      if (!wanted.includes(has ?? '') && !(name === 'place' && shows !== undefined && wanted.includes(shows))) return false
    }
    return query.split(/\s+/).every((word) => textOf(item).includes(word))
  }

  const share = (shown: number, total: number): string => {
    const all = total.toLocaleString('en-US')
    return shown === total ? all : `${shown.toLocaleString('en-US')} of ${all}`
  }

  function show(): void {
    const active = query !== '' || Object.keys(filters).length > 0
    const tally: Record<string, [number, number]> = { finding: [0, 0], rule: [0, 0], silence: [0, 0] }
    for (const item of items) {
      item.hidden = !fits(item)
      const count = tally[item.dataset.item!]!
      count[1] += 1
      if (!item.hidden) count[0] += 1
    }
    for (const [kind, [shown, total]] of Object.entries(tally)) {
      for (const count of all(`[data-count="${kind}"]`)) {
        count.textContent = share(shown, total)
      }
      for (const empty of all(`[data-empty="${kind}"]`)) empty.hidden = shown > 0 || total === 0
    }
    for (const rest of all('[data-rest]')) {
      const inside = [...rest.querySelectorAll('[data-item]')]
      const left = inside.filter((item) => !item.hidden).length
      rest.hidden = left === 0
      rest.querySelector('[data-left]')!.textContent = share(left, inside.length)
      if (active) rest.open = true
    }
    for (const button of all('[data-filter]')) {
      button.setAttribute('aria-pressed', String((filters[button.dataset.filter!] ?? []).includes(button.dataset.value!)))
    }
    chips(active)
    one('#said').textContent = active
      ? `${tally.finding![0]} of ${tally.finding![1]} findings, ${tally.rule![0]} of ${tally.rule![1]} rules, ${tally.silence![0]} of ${tally.silence![1]} silences match`
      : ''
  }

  function chips(active: boolean): void {
    const bar = one('#active')
    const button = (label: string, text: string, dataset: Record<string, string>): Target => {
      const made = document.createElement('button')
      made.setAttribute('type', 'button')
      if (label !== text) made.setAttribute('aria-label', label)
      made.textContent = text
      for (const [key, value] of Object.entries(dataset)) made.dataset[key] = value
      return made
    }
    const made = Object.entries(filters).flatMap(([name, values]) =>
      values.map((value) => button(`Remove the filter ${name} ${value}`, `${name}: ${value} ✕`, { drop: name, value })),
    )
    if (query !== '') made.push(button(`Remove the search for ${query}`, `“${query}” ✕`, { drop: 'q', value: query }))
    bar.hidden = !active
    bar.replaceChildren(...made, ...(active ? [button('Clear all filters', 'Clear all filters', { action: 'clear' })] : []))
  }

  const state = (): string => {
    const parts = Object.entries(filters).map(([name, values]) => `${name}=${values.map(encodeURIComponent).join(',')}`)
    if (query !== '') parts.push(`q=${encodeURIComponent(query)}`)
    return parts.length > 0 ? `?${parts.join('&')}` : ''
  }

  /** Writes the state into the address: a new entry of the history for a step of the reader's, none for a key press in the search. */
  function remember(anchor: string, step: boolean): void {
    const hash = `#${anchor}${state()}`
    if (hash === (location.hash || '#')) return
    if (step) history.pushState(null, '', hash)
    else history.replaceState(null, '', hash)
  }

  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text)
    } catch {
      return text
    }
  }

  function reveal(target: Target, focus: boolean): void {
    if (target.tagName === 'DETAILS') target.open = true
    for (let outer = target.parentElement; outer; outer = outer.parentElement) if (outer.tagName === 'DETAILS') outer.open = true
    const focused = target.querySelector('summary, h2') ?? target
    if (focus) focused.focus({ preventScroll: true })
    target.scrollIntoView({ block: 'start' })
    for (const old of all('.current')) old.classList.toggle('current', false)
    if (target.dataset.item) target.classList.add('current')
  }

  /** Takes the state from the address: filters first, then the element that it names. */
  function follow(): void {
    const [anchor = '', search_ = ''] = location.hash.slice(1).split('?')
    filters = {}
    query = ''
    for (const pair of search_.split('&')) {
      const [name = '', value = ''] = pair.split('=')
      if (name === 'q') query = decode(value).toLowerCase()
      else if ((names as readonly string[]).includes(name) && value !== '') filters[name] = value.split(',').map(decode)
    }
    if (search.value.toLowerCase() !== query) search.value = query
    const target = anchor === '' ? null : document.getElementById(decode(anchor).replace(/\s/g, '_'))
    show()
    if (target?.hidden) {
      filters = {}
      query = ''
      search.value = ''
      show()
    }
    if (target) reveal(target, true)
  }

  function change(next: Record<string, string[]>): void {
    filters = Object.fromEntries(Object.entries(next).filter(([, values]) => values.length > 0))
    show()
    remember('', true)
  }

  function toggle(name: string, value: string): void {
    const values = filters[name] ?? []
    change({ ...filters, [name]: values.includes(value) ? values.filter((other) => other !== value) : [...values, value] })
  }

  function clear(): void {
    query = ''
    search.value = ''
    change({})
  }

  async function copy(button: Target): Promise<void> {
    const text = button.dataset.copy!
    let done = true
    try {
      await navigator.clipboard!.writeText(text)
    } catch {
      const area = document.createElement('textarea')
      area.value = text
      document.body.append(area)
      area.select()
      done = document.execCommand('copy')
      area.remove()
      button.focus()
    }
    const label = button.querySelector('span')!
    label.textContent = done ? 'Copied' : 'Not copied'
    one('#said').textContent = label.textContent
    setTimeout(() => {
      label.textContent = 'Copy'
    }, 1600)
  }

  function step(by: number): void {
    const shown = items.filter((item) => item.dataset.item === 'finding' && !item.hidden)
    if (shown.length === 0) return
    const at = shown.findIndex((item) => item.classList.contains('current'))
    const next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, at + by))]!
    reveal(next, true)
    remember(encodeURIComponent(next.id).replace(/%2F/g, '/'), false)
  }

  function toggleAll(button?: Target): void {
    const findings = items.filter((item) => item.dataset.item === 'finding' && !item.hidden)
    const open = !findings.every((item) => item.open)
    for (const item of findings) item.open = open
    for (const other of button ? [button] : all('[data-action="toggle-all"]')) other.textContent = open ? 'Close all' : 'Open all'
  }

  function theme(next?: string): void {
    const root = document.documentElement
    const modes = ['auto', 'light', 'dark']
    const mode = next ?? modes[(modes.indexOf(root.dataset.theme ?? 'auto') + 1) % modes.length]!
    root.dataset.theme = mode
    for (const button of all('[data-action="theme"]')) {
      button.setAttribute('aria-label', `Theme: ${mode}`)
      button.querySelector('span')!.textContent = mode
    }
    store.set('theme', mode)
  }

  const actions: Record<string, (button: Target) => void> = {
    theme: () => theme(),
    help: () => help.showModal(),
    'close-help': () => help.close(),
    'toggle-all': toggleAll,
    clear,
  }

  document.addEventListener('click', ({ target }) => {
    const button = target.closest('button')
    if (!button) return
    const { filter, value, action, drop } = button.dataset
    if (button.dataset.copy !== undefined) void copy(button)
    else if (filter) toggle(filter, value!)
    else if (action) actions[action]?.(button)
    else if (drop === 'q') {
      query = ''
      search.value = ''
      change(filters)
    } else if (drop) toggle(drop, value!)
  })

  document.addEventListener('input', ({ target }) => {
    if (target !== search) return
    query = search.value.trim().toLowerCase()
    show()
    remember('', false)
  })

  document.addEventListener('submit', (happening) => happening.preventDefault())

  const shortcuts = one('#shortcuts')
  shortcuts.checked = store.get('shortcuts') !== 'off'
  document.addEventListener('change', ({ target }) => {
    if (target === shortcuts) store.set('shortcuts', shortcuts.checked ? 'on' : 'off')
  })

  const keys: Record<string, () => void> = {
    '/': () => {
      search.focus()
      search.select()
    },
    j: () => step(1),
    k: () => step(-1),
    o: () => toggleAll(),
    t: () => theme(),
    '?': () => help.showModal(),
  }
  document.addEventListener('keydown', (happening) => {
    const { target, key } = happening
    if (key === 'Escape' && target === search) {
      clear()
      return
    }
    if (happening.ctrlKey || happening.metaKey || happening.altKey || !shortcuts.checked) return
    if (target.matches('input, textarea, select') || target.isContentEditable || help.open) return
    if (!keys[key]) return
    happening.preventDefault()
    keys[key]()
  })

  let closed: Target[] = []
  addEventListener('beforeprint', () => {
    closed = all('details').filter((details) => !details.open)
    for (const details of closed) details.open = true
  })
  addEventListener('afterprint', () => {
    for (const details of closed) details.open = false
  })
  addEventListener('hashchange', follow)
  addEventListener('popstate', follow)

  document.documentElement.classList.add('scripted')
  theme(store.get('theme') ?? 'auto')
  follow()
}
