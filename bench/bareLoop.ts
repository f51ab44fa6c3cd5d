import { Client } from 'undici'
import { readPayloads } from './payloads'

/** What the loop prints. */
export interface Sent {
  readonly answered: number
  /** The server closed the connection, as it lawfully may to some of these requests, or undici would not write them. */
  readonly failed: number
  /** Processor time of the loop alone, user and system. */
  readonly cpuSeconds: number
}

/** Process of its own: sends the requests of a file, each worker over its own connection, reads the answers and looks at none. */
async function main([url, file, concurrency]: readonly string[]): Promise<void> {
  const requests = readPayloads(file as string).map(({ method, target, headers, body }) => ({
    method: method as 'POST',
    path: target,
    headers: headers.flat(),
    body: body ?? null,
  }))
  let next = 0
  let failed = 0
  const before = process.cpuUsage()
  await Promise.all(
    Array.from({ length: Number(concurrency) }, async () => {
      const client = new Client(url as string)
      for (let request = requests[next++]; request; request = requests[next++]) {
        try {
          await (await client.request(request)).body.dump()
        } catch {
          failed++
        }
      }
      await client.close()
    }),
  )
  const { user, system } = process.cpuUsage(before)
  const sent: Sent = { answered: requests.length - failed, failed, cpuSeconds: (user + system) / 1e6 }
  process.stdout.write(JSON.stringify(sent))
}

void main(process.argv.slice(2))
