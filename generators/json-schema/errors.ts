/** A schema that cannot be satisfied, or not by this generator: says which keyword at which place, as `cannot generate: KEYWORD at PATH`. */
export class CannotGenerate extends Error {
  override readonly name = 'CannotGenerate'
}
