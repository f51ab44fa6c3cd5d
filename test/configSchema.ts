import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configSchema } from '../cli/config/load'
import { schemaOf } from './reportSchema'

/** The published schema of config files. */
export const configSchemaFile = join(__dirname, '..', configSchema)

/** JSON Schema 2020-12 of `plumbline.config.yaml`, made from the type `Config`. */
export const makeConfigSchema = () =>
  schemaOf('cli/config/config.ts', 'Config', { $id: 'urn:plumbline-api:config:1', title: 'plumbline.config.yaml of plumbline-api' })

if (require.main === module) writeFileSync(configSchemaFile, `${JSON.stringify(makeConfigSchema(), null, 2)}\n`)
