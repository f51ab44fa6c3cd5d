import { isObject, type Json } from '../../core/json'
import type { Schema, SchemaObject } from '../../core/operation'
import { isMultiple, isSurelyMultiple } from '../../specs/decimal'
import { distinct } from '../../specs/distinct'
import { formatOf } from '../../specs/formats'
import { CannotGenerate } from './errors'
import { type Node, omits, type Reference, type Resources } from './resources'
import { codePoints, equal, kindOf, kindsOfType, own, regExp } from './values'

/** What `unevaluatedItems` and `unevaluatedProperties` leave alone. */
interface Evaluated {
  names: Set<string>
  allNames: boolean
  /** All items before this index. */
  items: number
  others: Set<number>
}

/**
 * One compiled keyword.
 * @param sure true: whether the value is valid however a validator reads what the standard leaves open (formats, unknown dialects,
 *   rounding); false: whether it may be valid
 */
type Check = (value: Json, sure: boolean, evaluated: Evaluated | undefined) => boolean

export interface Evaluator {
  /** @param sure as for every validator, or for any */
  valid(node: Node, value: Json, sure: boolean): boolean
}

/** In-place applicators may lead in circles through `$ref`; real values are never nested this deep. */
const maxDepth = 600

/**
 * Whether values are valid: the last guard of the generator. An own evaluator beside Ajv, since the generator asks for parts of schemas under
 * their dynamic scope, for schemas with one keyword looked away from, and for what holds under every reading; and Ajv is
 * wrong on `$dynamicRef` and on several of `unevaluated*`.
 * @param formats whether the keyword `format` is asserted for sure
 */
export function createEvaluator(resources: Resources, formats: boolean): Evaluator {
  const compiled = new Map<Node, readonly Check[]>()
  let depth = 0

  function check(node: Node, value: Json, sure: boolean, evaluated?: Evaluated): boolean {
    if (typeof node.schema === 'boolean') return node.schema
    let checks = compiled.get(node)
    if (!checks) {
      checks = compile(node, node.schema)
      compiled.set(node, checks)
    }
    if (depth > maxDepth) throw new CannotGenerate(`cannot generate: $ref at ${node.path}: it leads back to itself`)
    depth++
    try {
      for (let i = 0; i < checks.length; i++) if (!(checks[i] as Check)(value, sure, evaluated)) return false
      return true
    } finally {
      depth--
    }
  }

  function compile(node: Node, schema: SchemaObject): readonly Check[] {
    const watches = schema.unevaluatedItems !== undefined || schema.unevaluatedProperties !== undefined
    const checks = keywords.flatMap((keyword): Check[] => {
      if (!Object.hasOwn(schema, keyword) || omits(node, schema, keyword)) return []
      const made = (compilers[keyword] as Compiler)(schema[keyword], node, schema)
      if (!made) return []
      return node.resource.doubtful.has(keyword) ? [(value, sure, out) => !sure || made(value, sure, out)] : [made]
    })
    if (!watches) return checks
    return [
      (value, sure, outer) => {
        const evaluated = fresh()
        for (let i = 0; i < checks.length; i++) if (!(checks[i] as Check)(value, sure, evaluated)) return false
        if (outer) merge(outer, evaluated)
        return true
      },
    ]
  }

  type Compiler = (of: unknown, node: Node, schema: SchemaObject) => Check | undefined

  /** An in-place subschema tells what it evaluated only if it holds. */
  function holds(node: Node, value: Json, sure: boolean, outer: Evaluated | undefined): boolean {
    if (!outer) return check(node, value, sure)
    const evaluated = fresh()
    if (!check(node, value, sure, evaluated)) return false
    merge(outer, evaluated)
    return true
  }

  const branches = (of: unknown, node: Node, keyword: string): readonly Node[] =>
    (of as readonly Schema[]).flatMap((part, i) => (omits(node, of, String(i)) ? [] : [resources.child(node, part, keyword, i)]))
  const table = (of: unknown, node: Node, keyword: string): readonly (readonly [string, Node])[] =>
    Object.entries(of as Record<string, Schema>)
      .filter(([name]) => !omits(node, of, name))
      .map(([name, part]) => [name, resources.child(node, part, keyword, name)] as const)
  const referred = (keyword: Reference, node: Node): Check => {
    let target: Node | undefined
    return (value, sure, out) => {
      target ??= resources.referred(node, keyword)
      // What a circle makes of a value is left undefined by the standard.
      return resources.isCircle(node, keyword) ? !sure : check(target, value, sure, out)
    }
  }
  const numeric =
    (test: (value: number, of: number) => boolean): Compiler =>
    (of) =>
    (value) =>
      typeof value !== 'number' || test(value, of as number)
  const text =
    (test: (value: string, of: number) => boolean): Compiler =>
    (of) =>
    (value) =>
      typeof value !== 'string' || test(value, of as number)
  const array =
    (test: (value: readonly Json[], of: number) => boolean): Compiler =>
    (of) =>
    (value) =>
      !Array.isArray(value) || test(value, of as number)
  const object =
    (test: (value: Record<string, Json>, of: unknown) => boolean): Compiler =>
    (of) =>
    (value) =>
      !isObject(value) || test(value, of)

  const compilers: Record<string, Compiler> = {
    $ref: (_, node) => referred('$ref', node),
    $dynamicRef: (_, node) => referred('$dynamicRef', node),
    type: (of) => {
      const set = kindsOfType(of)
      return (value) => (kindOf(value) & set) !== 0
    },
    const: (of) => (value) => equal(value, of),
    enum: (of) => (value) => (of as readonly Json[]).some((other) => equal(value, other)),
    minimum: numeric((value, of) => value >= of),
    maximum: numeric((value, of) => value <= of),
    exclusiveMinimum: numeric((value, of) => value > of),
    exclusiveMaximum: numeric((value, of) => value < of),
    multipleOf: (of) => (value, sure) => {
      if (typeof value !== 'number') return true
      const quotient = value / (of as number)
      // Validators divide doubles, or take remainders of them, or count in decimals: what they tell apart is not sure.
      if (sure) return isSurelyMultiple(value, of as number)
      const gap = Math.abs(quotient - Math.round(quotient))
      return gap < 1e-6 || gap * (of as number) < 1e-6 || Math.abs(quotient) > 2 ** 50 || isMultiple(value, of as number)
    },
    minLength: text((value, of) => codePoints(value) >= of),
    maxLength: text((value, of) => codePoints(value) <= of),
    pattern: (of) => {
      const pattern = regExp(of as string)
      return (value) => typeof value !== 'string' || pattern.test(value)
    },
    format: (of) => {
      const format = formatOf(of as string)
      if (!format) return undefined
      return (value, sure) => typeof value !== 'string' || (sure ? format.surely(value) : !formats || format.maybe(value))
    },
    minItems: array((value, of) => value.length >= of),
    maxItems: array((value, of) => value.length <= of),
    uniqueItems: (of) => (value) => of !== true || !Array.isArray(value) || distinct(value),
    minProperties: object((value, of) => Object.keys(value).length >= (of as number)),
    maxProperties: object((value, of) => Object.keys(value).length <= (of as number)),
    required: object((value, of) => (of as readonly string[]).every((name) => Object.hasOwn(value, name))),
    dependentRequired: object((value, of) =>
      Object.entries(of as Record<string, readonly string[]>).every(
        ([name, others]) => !Object.hasOwn(value, name) || others.every((other) => Object.hasOwn(value, other)),
      ),
    ),
    prefixItems: (of, node) => {
      const parts = branches(of, node, 'prefixItems')
      return (value, sure, out) => {
        if (!Array.isArray(value)) return true
        if (out) out.items = Math.max(out.items, Math.min((of as unknown[]).length, value.length))
        return parts.every((part, i) => i >= value.length || check(part, value[i] as Json, sure))
      }
    },
    items: (of, node, schema) => {
      const from = Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0
      const part = resources.child(node, of, 'items')
      return (value, sure, out) => {
        if (!Array.isArray(value)) return true
        if (out) out.items = value.length
        for (let i = from; i < value.length; i++) if (!check(part, value[i] as Json, sure)) return false
        return true
      }
    },
    contains: (of, node, schema) => {
      const part = resources.child(node, of, 'contains')
      const min = omits(node, schema, 'minContains') ? 1 : Number(own(schema, 'minContains') ?? 1)
      const max = omits(node, schema, 'maxContains')
        ? Number.POSITIVE_INFINITY
        : Number(own(schema, 'maxContains') ?? Number.POSITIVE_INFINITY)
      return (value, sure, out) => {
        if (!Array.isArray(value)) return true
        let least = 0
        let most = 0
        value.forEach((item: Json, i) => {
          if (check(part, item, true)) {
            least++
            out?.others.add(i)
          }
          if (check(part, item, false)) {
            most++
            if (!sure) out?.others.add(i)
          }
        })
        return sure ? least >= min && most <= max : most >= min && least <= max
      }
    },
    properties: (of, node) => {
      const parts = table(of, node, 'properties')
      const names = Object.keys(of as object)
      return (value, sure, out) => {
        if (!isObject(value)) return true
        if (out) for (const name of names) if (Object.hasOwn(value, name)) out.names.add(name)
        for (const [name, part] of parts) if (Object.hasOwn(value, name) && !check(part, value[name] as Json, sure)) return false
        return true
      }
    },
    patternProperties: (of, node) => {
      const all = Object.keys(of as object).map(regExp)
      const parts = table(of, node, 'patternProperties').map(([pattern, part]) => [regExp(pattern), part] as const)
      return (value, sure, out) => {
        if (!isObject(value)) return true
        return Object.entries(value).every(([name, member]) => {
          if (out && all.some((pattern) => pattern.test(name))) out.names.add(name)
          return parts.every(([pattern, part]) => !pattern.test(name) || check(part, member, sure))
        })
      }
    },
    additionalProperties: (of, node, schema) => {
      const part = resources.child(node, of, 'additionalProperties')
      const covered = covers(schema)
      return (value, sure, out) => {
        if (!isObject(value)) return true
        return Object.entries(value).every(([name, member]) => {
          if (covered(name)) return true
          out?.names.add(name)
          return check(part, member, sure)
        })
      }
    },
    propertyNames: (of, node) => {
      const part = resources.child(node, of, 'propertyNames')
      return (value, sure) => !isObject(value) || Object.keys(value).every((name) => check(part, name, sure))
    },
    // Of earlier drafts: some validators still know it, so that values keep it, and violations do not rest on it.
    dependencies: (of, node) => {
      const parts = Object.entries(of as object).map(
        ([name, part]) => [name, Array.isArray(part) ? part : resources.child(node, part, 'dependencies', name)] as const,
      )
      return (value, sure) =>
        !sure ||
        !isObject(value) ||
        parts.every(
          ([name, part]) =>
            !Object.hasOwn(value, name) ||
            (Array.isArray(part) ? part.every((other) => Object.hasOwn(value, other)) : check(part as Node, value, sure)),
        )
    },
    dependentSchemas: (of, node) => {
      const parts = table(of, node, 'dependentSchemas')
      return (value, sure, out) =>
        !isObject(value) || parts.every(([name, part]) => !Object.hasOwn(value, name) || check(part, value, sure, out))
    },
    allOf: (of, node) => {
      const parts = branches(of, node, 'allOf')
      return (value, sure, out) => parts.every((part) => check(part, value, sure, out))
    },
    anyOf: (of, node) => {
      const parts = branches(of, node, 'anyOf')
      return (value, sure, out) => {
        if (!out) return parts.some((part) => check(part, value, sure))
        return parts.map((part) => holds(part, value, sure, out)).some(Boolean)
      }
    },
    oneOf: (of, node) => {
      const parts = branches(of, node, 'oneOf')
      return (value, sure, out) => {
        let least = 0
        let most = 0
        for (const part of parts) {
          if (holds(part, value, true, sure ? out : undefined)) least++
          if (holds(part, value, false, sure ? undefined : out)) most++
        }
        return sure ? least === 1 && most === 1 : most >= 1 && least <= 1
      }
    },
    not: (of, node) => {
      const part = resources.child(node, of, 'not')
      return (value, sure) => !check(part, value, !sure)
    },
    if: (of, node, schema) => {
      const condition = resources.child(node, of, 'if')
      const branch = (keyword: 'then' | 'else') =>
        Object.hasOwn(schema, keyword) && !omits(node, schema, keyword) ? resources.child(node, schema[keyword], keyword) : undefined
      const yes = branch('then')
      const no = branch('else')
      return (value, sure, out) => {
        const surely = holds(condition, value, true, out)
        const maybe = surely || check(condition, value, false)
        const met = () => !yes || check(yes, value, sure, out)
        const unmet = () => !no || check(no, value, sure, out)
        if (surely) return met()
        if (!maybe) return unmet()
        return sure ? met() && unmet() : met() || unmet()
      }
    },
    unevaluatedItems: (of, node) => {
      const part = resources.child(node, of, 'unevaluatedItems')
      return (value, sure, out) => {
        if (!Array.isArray(value) || !out) return true
        const fine = value.every((item: Json, i) => i < out.items || out.others.has(i) || check(part, item, sure))
        out.items = value.length
        return fine
      }
    },
    unevaluatedProperties: (of, node) => {
      const part = resources.child(node, of, 'unevaluatedProperties')
      return (value, sure, out) => {
        if (!isObject(value) || !out) return true
        const fine = Object.entries(value).every(([name, member]) => out.names.has(name) || out.allNames || check(part, member, sure))
        out.allNames = true
        return fine
      }
    },
  }
  const keywords = Object.keys(compilers)

  return { valid: (node, value, sure) => check(node, value, sure) }
}

/** Names that `additionalProperties` does not see. */
function covers(schema: SchemaObject): (name: string) => boolean {
  const names = new Set(Object.keys((own(schema, 'properties') as object | undefined) ?? {}))
  const patterns = Object.keys((own(schema, 'patternProperties') as object | undefined) ?? {}).map(regExp)
  return (name) => names.has(name) || patterns.some((pattern) => pattern.test(name))
}

const fresh = (): Evaluated => ({ names: new Set(), allNames: false, items: 0, others: new Set() })

function merge(into: Evaluated, from: Evaluated): void {
  for (const name of from.names) into.names.add(name)
  for (const item of from.others) into.others.add(item)
  into.allNames ||= from.allNames
  into.items = Math.max(into.items, from.items)
}
