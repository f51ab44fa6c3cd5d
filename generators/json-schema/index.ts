export { arbitrary, type SchemaOptions } from './arbitrary'
export { CannotGenerate } from './errors'
export { type Violation, violations } from './violations'
