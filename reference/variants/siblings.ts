import { withHeaders } from '../replies'
import type { Stages, Thing } from '../stages'
import { merged } from '../store'
import { broken, type Definition, lawful, type Variant } from '../variant'

/** A server shows what it has taken only after so many milliseconds. */
const lag = 400
const isFresh = ({ exchange }: Thing): boolean => Date.now() - exchange.sentAt < lag

/** Variants that show where calls follow on each other: the bundled API with the calls beside it. */
const brokenOnes: readonly Definition[] = [
  {
    name: 'delete-leaves-the-task',
    promise: 'a task that was deleted is no longer in the list',
    finds: { check: 'sequence' },
    hooks: { remove: () => () => {} },
  },
  {
    name: 'delete-takes-another-task-along',
    promise: 'only the task that is named is deleted',
    finds: { check: 'sequence' },
    hooks: () => {
      const made: Thing[] = []
      return {
        keep:
          (next) =>
          (...kept) => {
            const thing = next(...kept)
            made.push(thing)
            return thing
          },
        remove: (next) => (thing, call) => {
          const other = made.findLast((each) => each !== thing)
          if (other) next(other, call)
          next(thing, call)
        },
      }
    },
  },
  {
    name: 'list-forgets-the-newest-task',
    promise: 'a task that was created is in the list',
    finds: { check: 'sequence' },
    hooks: { list: (next: Stages['list']) => (call) => next(call)?.slice(0, -1) },
  },
  {
    name: 'refused-create-leaves-a-task',
    promise: 'a create that is refused leaves nothing in the list',
    finds: { check: 'sequence' },
    hooks: {
      refuse: (next: Stages['refuse'], stages: Stages) => (problems, call) => {
        const reply = next(problems, call)
        try {
          const sent = JSON.parse(call.body.toString('utf8'))
          if (call.method === 'POST')
            stages.keep(merged(sent, stages.create(sent, call) as never), call, { ...reply, status: 200, body: call.body })
        } catch {
          // What is no JSON leaves nothing.
        }
        return reply
      },
    },
  },
]

const lawfulOnes: readonly Definition[] = [
  {
    name: 'list-in-pages',
    promise: 'a list may come in pages, the next of which its header names',
    hooks: {
      list: (next: Stages['list']) => (call) => next(call)?.slice(0, 3),
      succeed: (next: Stages['succeed']) => (task, call) => {
        const reply = next(task, call)
        return Array.isArray(task) ? withHeaders(reply, { Link: `<${call.path}?marker=3>; rel="next"` }) : reply
      },
    },
  },
  {
    name: 'list-lags-behind',
    promise: 'what was created or deleted may show in the list a moment later',
    hooks: () => {
      const gone = new Map<Thing, number>()
      return {
        list: (next: Stages['list']) => (call) =>
          next(call)?.filter((thing) => !isFresh(thing) && (gone.get(thing) ?? Date.now()) > Date.now() - lag),
        remove: () => (thing) => void gone.set(thing, Date.now()),
      }
    },
  },
]

const beside = (variant: Variant): Variant => ({ ...variant, siblings: true })

export const siblings: readonly Variant[] = [...broken('truth', brokenOnes), ...lawful(lawfulOnes)].map(beside)
