import type { Json } from '../../core/json'
import { probe } from '../random'
import { edgy, none, pick, type Run, Source, shuffled, type Variant } from './draw'
import { type Context, namePlan, type Plan } from './plan'
import type { Names, Shape, Term } from './shape'
import { regExp } from './values'

interface Member {
  readonly name: string
  readonly plan: Plan
}

/** What objects of some height are made of. */
interface Layout {
  readonly required: readonly Member[]
  readonly optional: readonly Member[]
  /** Names that the schema does not list. */
  readonly others: readonly Plan[]
}

const mostMembers = 5000

export function objects(context: Context, terms: readonly Term[], shape: Shape): Variant {
  const members = new Map<string, Member | undefined>()
  const layouts: (Layout | null)[] = []
  let found: readonly Plan[] | undefined
  const breaking = new Map<object, Plan>()
  const listed = [
    ...new Set([
      ...shape.members.keys(),
      ...shape.otherMembers.flatMap(({ except }) => [...except.names]),
      ...shape.covers.flatMap(({ names }) => [...names]),
      ...shape.someMember.flatMap(({ except }) => [...(except?.names ?? [])]),
    ]),
  ]

  return {
    ...(shape.maxProperties === 0 && shape.required.size === 0 && shape.someMember.length === 0 ? { domain: [{}] } : {}),
    draw(run, height) {
      const { random } = run
      if (shape.minProperties > mostMembers) return none
      if (height <= 0 && (shape.minProperties > 0 || shape.someMember.length > 0)) {
        context.truncated = true
        return none
      }
      const layout = layoutAt(height)
      if (!layout) return none
      const { required, optional, others } = layout
      const special = new Map<string, Plan>()
      for (const need of shape.someMember) {
        const member = needed(run, height, need, layout)
        if (!member) return none
        special.set(
          member.name,
          special.has(member.name) ? context.plan([...(special.get(member.name) as Plan).terms, ...member.plan.terms]) : member.plan,
        )
      }
      const value: Record<string, Json> = {}
      let count = 0
      const add = ({ name, plan }: Member): boolean => {
        const drawn = (special.get(name) ?? plan).draw(run, height - 1)
        special.delete(name)
        if (drawn === none) return false
        if (name === '__proto__') Object.defineProperty(value, name, { value: drawn, enumerable: true, configurable: true, writable: true })
        else value[name] = drawn
        count++
        return true
      }
      const room = shape.maxProperties - required.length - special.size
      const mood = edgy(run) ? random.nextInt(0, 1) : 2
      const wanted = room < optional.length ? shuffled(random, optional).slice(0, Math.max(0, random.nextInt(0, room))) : optional
      for (const member of required) if (!add(member)) return none
      for (const member of wanted) {
        if (special.has(member.name)) {
          if (!add(member)) return none
        } else if (mood === 2 ? run.room > 0 && random.nextInt(0, 1) === 0 : mood === 1 && run.room > 0) {
          run.room--
          add(member)
        }
      }
      for (const [name, plan] of special) if (!add({ name, plan })) return none
      if (count < shape.minProperties)
        for (const member of shuffled(random, optional).filter(({ name }) => !Object.hasOwn(value, name))) {
          if (count >= shape.minProperties) break
          add(member)
        }
      if (others.length > 0) {
        let more = shape.minProperties - count
        if (context.additional && more <= 0 && run.room > 0 && count < shape.maxProperties && random.nextInt(0, 5) === 0)
          more = random.nextInt(1, 2)
        for (let i = 0; i < more * 6 + 12 && more > 0 && count < shape.maxProperties; i++) {
          const member = other(run, height, pick(random, others))
          if (!member || Object.hasOwn(value, member.name)) continue
          run.room--
          if (add(member)) more--
        }
      }
      return count < shape.minProperties || count > shape.maxProperties ? none : value
    },
    why(height) {
      const path = terms[0]?.node.path ?? '#'
      // Ever deeper values are asked for.
      if (height <= 0 && shape.required.size > 0) return { keyword: '$ref', path }
      for (const name of shape.required) {
        const found = member(name)
        if (!found) return { keyword: shape.forbidden.has(name) ? 'required' : 'propertyNames', path }
        if (!found.plan.fits(height - 1)) return found.plan.why(height - 1)
      }
      if (shape.someMember.length > 0) return { keyword: shape.someMember[0]?.name ? 'propertyNames' : 'additionalProperties', path }
      return shape.minProperties > 0 ? { keyword: 'minProperties', path } : undefined
    },
  }

  function layoutAt(height: number): Layout | null {
    const known = layouts[height]
    if (known !== undefined) return known
    const made = layout(height)
    layouts[height] = made
    return made
  }

  function layout(height: number): Layout | null {
    const required: Member[] = []
    for (const name of shape.required) {
      const found = member(name)
      if (!found?.plan.fits(height - 1)) return null
      required.push(found)
    }
    const order = new Map(listed.map((name, i) => [name, i]))
    required.sort((a, b) => (order.get(a.name) ?? listed.length) - (order.get(b.name) ?? listed.length))
    if (height <= 0) return { required, optional: [], others: [] }
    const optional = listed.flatMap((name) => {
      const found = shape.required.has(name) ? undefined : member(name)
      return found?.plan.fits(height - 1) ? [found] : []
    })
    const room = shape.maxProperties > required.length
    return { required, optional, others: room ? sources().filter((source) => probed(source, height)) : [] }
  }

  /** The member of a name, or undefined if no member may have it. */
  function member(name: string): Member | undefined {
    if (members.has(name)) return members.get(name)
    const allowed = !shape.forbidden.has(name) && context.keeps(shape.names, name)
    const made = allowed ? { name, plan: context.plan(termsOf(name)) } : undefined
    if (members.size < 5000) members.set(name, made)
    return made
  }

  function termsOf(name: string): Term[] {
    const found = [...(shape.members.get(name) ?? [])]
    for (const { pattern, term } of shape.patternMembers) if (regExp(pattern).test(name)) found.push(term)
    for (const { except, term } of shape.otherMembers) if (!picks(except, name)) found.push(term)
    for (const { group, term } of shape.unevaluatedMembers) if (!covered(group, name)) found.push(term)
    return found
  }

  function covered(group: number, name: string): boolean {
    return shape.covers.some((cover) => cover.groups.includes(group) && (cover.all || picks(cover, name)))
  }

  /** Plans for further names: of each pattern, and of none; what the schema closes off is left out by construction. */
  function sources(): readonly Plan[] {
    if (found) return found
    const impossible = (term: Term): boolean => context.plan([term]).impossible
    const closed: (readonly string[])[] = [
      ...shape.otherMembers.filter(({ term }) => impossible(term)).map(({ except }) => except.patterns),
      ...shape.unevaluatedMembers
        .filter(({ group, term }) => impossible(term) && !shape.covers.some(({ groups, all }) => all && groups.includes(group)))
        .map(({ group }) => shape.covers.filter(({ groups }) => groups.includes(group)).flatMap(({ patterns }) => patterns)),
    ]
    const barred = shape.patternMembers.filter(({ term }) => impossible(term)).map(({ pattern }) => pattern)
    const open = [...new Set(shape.patternMembers.map(({ pattern }) => pattern))].filter((pattern) => !barred.includes(pattern))
    const ways = closed.reduce<readonly (readonly string[])[]>(
      (all, patterns) => all.flatMap((so) => patterns.map((pattern) => [...so, pattern])).slice(0, 24),
      [[]],
    )
    const wanted = closed.length > 0 ? ways : [[], ...open.map((pattern) => [pattern])]
    found = wanted.map((patterns) => namePlan(context, shape.names, patterns, barred))
    return found
  }

  function probed(source: Plan, height: number): boolean {
    const run: Run = { random: new Source(probe(0)), bias: undefined, room: 4 }
    return source.fits(0) && Array.from({ length: 10 }).some(() => other(run, height, source))
  }

  function other(run: Run, height: number, source: Plan): Member | undefined {
    const name = source.draw(run, 0)
    const made = typeof name === 'string' && !shape.required.has(name) ? member(name) : undefined
    return made?.plan.fits(height - 1) ? made : undefined
  }

  /** A member that breaks what is to be broken. */
  function needed(run: Run, height: number, need: Shape['someMember'][number], { required, optional, others }: Layout): Member | undefined {
    const fits = (name: string): boolean =>
      !shape.forbidden.has(name) &&
      (need.pattern === undefined || regExp(need.pattern).test(name)) &&
      (need.except === undefined || !picks(need.except, name)) &&
      (need.unseen === undefined || !covered(need.unseen, name)) &&
      context.keeps([...shape.names, ...(need.name ? [need.name] : [])], name)
    const attempt = (name: string): Member | undefined => {
      if (!fits(name)) return undefined
      const plan = context.plan([...termsOf(name), ...(need.term ? [need.term] : [])])
      return plan.fits(height - 1) ? { name, plan } : undefined
    }
    const full = required.length >= shape.maxProperties
    const names = [...required.map(({ name }) => name), ...(full ? [] : [...optional.map(({ name }) => name), ...listed])]
    const own = shuffled(run.random, names)
    const preferred = run.random.nextInt(0, 1) === 0
    if (preferred)
      for (const name of own) {
        const made = attempt(name)
        if (made) return made
      }
    if (!full) {
      const source =
        breaking.get(need) ??
        namePlan(
          context,
          [...shape.names, ...(need.name ? [need.name] : [])],
          need.pattern === undefined ? [] : [need.pattern],
          need.except?.patterns ?? [],
        )
      breaking.set(need, source)
      for (const plan of [source, ...others])
        for (let i = 0; i < 12 && plan.fits(0); i++) {
          const name = plan.draw(run, 0)
          const made = typeof name === 'string' ? attempt(name) : undefined
          if (made) return made
        }
    }
    if (!preferred)
      for (const name of own) {
        const made = attempt(name)
        if (made) return made
      }
    return undefined
  }
}

function picks({ names, patterns }: Names, name: string): boolean {
  return names.has(name) || patterns.some((pattern) => regExp(pattern).test(name))
}
