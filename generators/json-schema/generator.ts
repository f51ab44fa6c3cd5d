import type fc from 'fast-check'
import type { Json } from '../../core/json'
import type { Schema } from '../../core/operation'
import { arbitraryOf, contextsOf, type SchemaOptions } from './arbitrary'
import type { Step } from './shape'
import { type Extent, type Violation, violationsOf } from './violations'

/** The arbitraries of all schemas of one document, which share what is solved. */
export interface Generator {
  /** As the function `arbitrary`. */
  arbitrary(schema: Schema): fc.Arbitrary<Json>
  /**
   * As the function `violations`.
   * @param wanted which of the places, by their path and by the keywords on the way to it; default: all
   * @param extent how far to look; default: everywhere
   */
  violations(schema: Schema, wanted?: (path: string, way: readonly Step[]) => boolean, extent?: Extent): readonly Violation[]
}

/** @param document what `#/…` points into */
export function generatorOf(document: unknown, options: Omit<SchemaOptions, 'document'> = {}): Generator {
  const make = contextsOf(true, { ...options, document })
  return {
    arbitrary: (schema) => arbitraryOf(make, schema),
    violations: (schema, wanted, extent) => violationsOf(make, schema, options.formats ?? false, wanted, extent),
  }
}
