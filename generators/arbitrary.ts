import fc from 'fast-check'
import type { Json } from '../core/json'
import type { Schema, SchemaObject } from '../core/operation'
import { CannotGenerate } from './json-schema'
import type { Schemas } from './schema'

const maxTries = 100

/**
 * Values that are valid under a schema of a document, and confirmed by the validator that proves the zones.
 * @throws CannotGenerate from `generate`: nothing is valid, or nothing that was tried
 */
export function arbitrary(schemas: Schemas, schema: Schema): fc.Arbitrary<Json> {
  if (typeof schema === 'boolean') return new Confirmed(schemas, schema)
  const known = built.get(schemas) ?? new WeakMap<object, fc.Arbitrary<Json>>()
  built.set(schemas, known)
  const arb = known.get(schema) ?? new Confirmed(schemas, schema)
  known.set(schema, arb)
  return arb
}

/** Arbitraries are built once for each schema, at first use. */
const built = new WeakMap<Schemas, WeakMap<object, fc.Arbitrary<Json>>>()

class Confirmed extends fc.Arbitrary<Json> {
  private made: fc.Arbitrary<Json> | undefined

  constructor(
    private readonly schemas: Schemas,
    private readonly schema: Schema,
  ) {
    super()
  }

  private get inner(): fc.Arbitrary<Json> {
    this.made ??= this.schemas.generator.arbitrary(this.schema)
    return this.made
  }

  generate(random: fc.Random, bias: number | undefined): fc.Value<Json> {
    for (let i = 0; i < maxTries; i++) {
      const value = this.inner.generate(random, bias)
      if (this.schemas.valid(this.schema, value.value)) return value
    }
    throw new CannotGenerate(
      `cannot generate: schema at #: none of ${maxTries} tries was valid: ${JSON.stringify(this.schema).slice(0, 200)}`,
    )
  }

  override canShrinkWithoutContext(value: unknown): value is Json {
    return this.schemas.valid(this.schema, value as Json)
  }

  override shrink(value: Json): fc.Stream<fc.Value<Json>> {
    return this.inner.shrink(value, undefined).filter((smaller) => this.schemas.valid(this.schema, smaller.value))
  }
}

/** Bounds of a number schema, inclusive; integers beyond 2^53 are left to the rules of the zone `either`. */
export function bounds(schema: SchemaObject, integer: boolean): { min: number; max: number } {
  const step = integer ? 1 : Number.EPSILON
  const low = Math.max(
    Number(schema.minimum ?? Number.NEGATIVE_INFINITY),
    Number(schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) + step,
  )
  const high = Math.min(
    Number(schema.maximum ?? Number.POSITIVE_INFINITY),
    Number(schema.exclusiveMaximum ?? Number.POSITIVE_INFINITY) - step,
  )
  const limit = schema.format === 'int32' ? 2 ** 31 : Number.MAX_SAFE_INTEGER
  return {
    min: Math.max(integer ? Math.ceil(low) : low, -limit),
    max: Math.min(integer ? Math.floor(high) : high, limit === 2 ** 31 ? limit - 1 : limit),
  }
}
