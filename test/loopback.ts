import { inject } from '@loopback/core'
import { defineModelClass, Entity, juggler, ModelDefinition, RepositoryMixin } from '@loopback/repository'
import { RestApplication } from '@loopback/rest'
import { defineCrudRepositoryClass, defineCrudRestController } from '@loopback/rest-crud'

/** LoopBack 4 with one model in memory: its own controller answers, by the document that it makes of the model itself. */
async function main(): Promise<void> {
  const rest = { host: '127.0.0.1', port: 0, gracePeriodForClose: 0 }
  const app = new (RepositoryMixin(RestApplication))({ rest })
  const Note = defineModelClass(
    Entity,
    new ModelDefinition({
      name: 'Note',
      properties: {
        id: { type: 'number', id: true, generated: true },
        title: { type: 'string', required: true, jsonSchema: { minLength: 1, maxLength: 80 } },
        pages: { type: 'number', jsonSchema: { type: 'integer', minimum: 1 } },
        done: { type: 'boolean' },
      },
    }),
  )
  app.dataSource(new juggler.DataSource({ name: 'db', connector: 'memory' }))
  const Notes = defineCrudRepositoryClass(Note)
  inject('datasources.db')(Notes, undefined, 0)
  app.repository(Notes)
  const NoteController = defineCrudRestController(Note, { basePath: '/notes' })
  inject(`repositories.${Notes.name}`)(NoteController, undefined, 0)
  app.controller(NoteController)
  await app.start()
  console.log(`listening on ${app.restServer.url}`)
}

void main()
