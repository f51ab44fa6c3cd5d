export { arbitrary, type SchemaOptions } from './arbitrary'
export { CannotGenerate } from './errors'
export { type Generator, generatorOf } from './generator'
export { type Violation, violations } from './violations'
