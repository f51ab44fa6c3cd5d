import { createServer, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Exchange } from '../core/exchange'
import { caseOf, clientOf, fakeClock, http, listen, rawServer } from '../test/sockets'
import type { Client } from './client'

const ok = http('200 OK')
const status = (exchange: Exchange | undefined) => exchange?.answer?.status ?? exchange?.fault?.kind

/** Sends so many plain cases over so many slots, and returns what became of them. */
async function sendMany(client: Client, count: number, slots: number): Promise<readonly (Exchange | undefined)[]> {
  const exchanges: (Exchange | undefined)[] = []
  let next = 0
  const work = async (slot: number) => {
    while (next++ < count) exchanges.push(await client.send(caseOf(), slot))
  }
  await Promise.all(Array.from({ length: slots }, (_, slot) => work(slot)))
  return exchanges
}

const rename = (made: ReturnType<typeof caseOf>) => ({ ...made, attempt: made.attempt + 1 })

/** An HTTP server that answers 429 when `refuse` says so, else 200 after a turn. */
async function throttling(refuse: (inFlight: number) => Record<string, string> | undefined) {
  const count = { ok: 0, refused: 0 }
  let inFlight = 0
  const answer = (response: ServerResponse, code: number, headers: Record<string, string>) =>
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end('{}')
  const server = createServer((request, response) => {
    inFlight++
    const headers = refuse(inFlight)
    request.resume().on('end', () => {
      setTimeout(() => {
        inFlight--
        if (headers) count.refused++
        else count.ok++
        answer(response, headers ? 429 : 200, headers ?? {})
      }, 2)
    })
  })
  return { url: `http://127.0.0.1:${await listen(server)}`, count }
}

describe('429', () => {
  test('a Retry-After is honoured, in seconds and as a date by the clock of the target', async () => {
    const date = ['Date: Mon, 01 Jan 2001 00:00:00 GMT', 'Retry-After: Mon, 01 Jan 2001 00:00:07 GMT']
    const answers = [http('429 Too Many Requests', '', 'Retry-After: 3'), http('429 Too Many Requests', '', ...date), ok]
    const server = await rawServer((socket, { total }) => socket.write(answers[total - 1]!))
    const { slept, ...clock } = fakeClock()
    const events: unknown[] = []
    const client = clientOf(server.url, { ...clock, concurrency: 4, onPatience: (event) => events.push(event) })
    const exchange = await client.send(caseOf(), 0)
    expect([status(exchange), exchange?.ordinal, exchange?.notReached]).toEqual([200, 3, undefined])
    expect(slept).toEqual([3000, 7000])
    const reason = 'the target answered 429'
    expect(events).toEqual([
      { reason, seconds: 3, concurrency: 2 },
      { reason, seconds: 7, concurrency: 1 },
    ])
  })

  test('without Retry-After the waits grow from 50 ms', async () => {
    const server = await rawServer((socket, { total }) => socket.write(total < 6 ? http('429 Too Many Requests') : ok))
    const { slept, ...clock } = fakeClock()
    expect(status(await clientOf(server.url, clock).send(caseOf(), 0))).toBe(200)
    expect(slept.length).toBe(5)
    for (const [i, milliseconds] of slept.entries()) {
      expect(milliseconds).toBeGreaterThanOrEqual(0.9 * 50 * 2 ** i)
      expect(milliseconds).toBeLessThanOrEqual(1.1 * 50 * 2 ** i)
    }
  })

  test('for ever: after 12 tries the case is not reached, which is no fault', async () => {
    const server = await rawServer((socket) => socket.write(http('429 Too Many Requests')))
    const exchange = await clientOf(server.url, fakeClock()).send(caseOf(), 0)
    expect(exchange).toMatchObject({ answer: { status: 429 }, ordinal: 12, notReached: expect.stringContaining('429') })
    expect(exchange?.fault).toBeUndefined()
  })

  test('one request at a time: the concurrency falls to 1, and every case is answered', async () => {
    const server = await throttling((inFlight) => (inFlight > 1 ? {} : undefined))
    const client = clientOf(server.url, { concurrency: 8 })
    const exchanges = await sendMany(client, 150, 8)
    expect(exchanges.every((exchange) => status(exchange) === 200)).toBe(true)
    expect(client.limit()).toBeLessThanOrEqual(2)
    expect(server.count.refused).toBeLessThan(40)
  })

  test('for ever, where others are served: the case is given up early', async () => {
    const server = await rawServer((socket, { head }) => socket.write(head.includes('/odd') ? http('429 Too Many Requests') : ok))
    const client = clientOf(server.url, { ...fakeClock(), concurrency: 4 })
    let isOver = false
    const serveOthers = async (slot: number) => {
      while (!isOver) expect(status(await client.send(caseOf(), slot))).toBe(200)
    }
    const others = Promise.all([0, 1, 2].map(serveOthers))
    for (let i = 0; i < 4; i++) {
      const exchange = await client.send(caseOf({ rule: 'odd', request: { target: '/odd' } }), 3)
      expect(exchange?.notReached).toBe('throttled: 429 again and again, while others were served')
    }
    isOver = true
    await others
  })

  test.each([
    ['with', { 'retry-after': '1' }],
    ['without', {}],
  ])('20 requests in a second at most, %s Retry-After: every case is answered, and few requests are wasted', async (_, headers) => {
    const clock = fakeClock()
    const times: number[] = []
    const server = await throttling(() => {
      const now = clock.now()
      while (times.length > 0 && times[0]! <= now - 1000) times.shift()
      if (times.length >= 20) return headers
      times.push(now)
      return undefined
    })
    const exchanges = await sendMany(clientOf(server.url, { concurrency: 8, ...clock }), 300, 8)
    expect(exchanges.every((exchange) => status(exchange) === 200)).toBe(true)
    expect(server.count.refused).toBeLessThan(100)
  })

  test('what one request alone is asked to wait for, the others do not wait for', async () => {
    const waiting: Socket[] = []
    let served = 0
    // Between any two answers to the odd one, three others are served.
    const server = await rawServer((socket, { head }) => {
      if (/x-odd/i.test(head)) waiting.push(socket)
      else socket.write(ok)
      if (!/x-odd/i.test(head) && ++served % 3 === 0) waiting.shift()?.write(http('429 Too Many Requests', '{}', 'Retry-After: 120'))
    })
    const clock = fakeClock()
    const client = clientOf(server.url, { ...clock, concurrency: 2 })
    const odd = client.send(caseOf({ request: { headers: [['X-Odd', '1']] } }), 1)
    const others = await sendMany(client, 400, 1)
    expect(others.every((exchange) => status(exchange) === 200)).toBe(true)
    expect((await odd)?.notReached).toBe('throttled: 429 again and again, while others were served')
    expect(Math.max(...clock.slept)).toBeLessThan(1000)
  })

  test('what all are asked to wait for, all wait for', async () => {
    const clock = fakeClock()
    const end = clock.now() + 60_000
    const server = await throttling(() => (clock.now() < end ? { 'retry-after': '60' } : undefined))
    const exchanges = await sendMany(clientOf(server.url, { concurrency: 4, ...clock }), 20, 4)
    expect(exchanges.every((exchange) => status(exchange) === 200)).toBe(true)
    expect(server.count.refused).toBeLessThan(20)
  })

  test('the concurrency comes back slowly, not to a level that was refused of late', async () => {
    let refuse = true
    const server = await rawServer((socket) => socket.write(refuse ? http('429 Too Many Requests') : ok))
    const clock = fakeClock()
    const client = clientOf(server.url, { ...clock, concurrency: 4 })
    const first = client.send(caseOf(), 0)
    while (client.limit() > 2) await new Promise((resolve) => setImmediate(resolve))
    refuse = false
    await first
    const level = client.limit()
    await sendMany(client, 250, 1)
    expect(client.limit()).toBeLessThan(4)
    clock.pass(31_000)
    await sendMany(client, 400, 1)
    expect([level <= 2, client.limit()]).toEqual([true, 4])
  })
})

describe('not there for the moment', () => {
  const gateway = '{"error_code":"APIG.0201","error_msg":"Backend timeout.","request_id":"r"}'
  const nginx =
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>'

  test.each([
    ['503 with Retry-After', http('503 Service Unavailable', '{"errorCode":"X"}', 'Retry-After: 2')],
    ["a gateway's 504", http('504 Gateway Timeout', gateway)],
    ["a gateway's 502", http('502 Bad Gateway', nginx)],
  ])('%s is sent again, four times at most', async (reason, bytes) => {
    let failures = 3
    const server = await rawServer((socket) => socket.write(failures-- > 0 ? bytes : ok))
    const client = clientOf(server.url, { ...fakeClock(), rename })
    const passed = await client.send(caseOf(), 0)
    expect([status(passed), passed?.ordinal, passed?.case.attempt, passed?.notReached]).toEqual([200, 4, 3, undefined])
    failures = 4
    const failed = await client.send(caseOf(), 0)
    expect(failed?.notReached).toBe(`${reason}, 4 times`)
    expect(status(failed)).toBeGreaterThanOrEqual(502)
  })

  test.each([
    ['500', http('500 Internal Server Error', gateway)],
    ['503 without Retry-After', http('503 Service Unavailable', '{"errorCode":"X"}')],
    ['502 as the API tells its errors', http('502 Bad Gateway', '{"errorCode":"X"}')],
    ['500 with Retry-After', http('500 Internal Server Error', '{}', 'Retry-After: 1')],
  ])('%s is an answer like any other', async (_, bytes) => {
    const server = await rawServer((socket) => socket.write(bytes))
    const isOwnError = (_: unknown, body: object) => 'errorCode' in body
    const exchange = await clientOf(server.url, { ...fakeClock(), isOwnError }).send(caseOf(), 0)
    expect([exchange?.ordinal, exchange?.notReached]).toEqual([1, undefined])
  })

  test('a target that restarts is waited for, one that never answered is not', async () => {
    const server = createServer((_, response) => response.end('{}'))
    const port = await listen(server)
    const clock = fakeClock()
    const sleep = async (milliseconds: number) => {
      await clock.sleep(milliseconds)
      if (clock.slept.length === 2) await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    }
    const client = clientOf(`http://127.0.0.1:${port}`, { now: clock.now, sleep })
    expect(status(await client.send(caseOf(), 0))).toBe(200)
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
    const stranger = clientOf(`http://127.0.0.1:${port}`, fakeClock())
    expect(await stranger.send(caseOf(), 0)).toMatchObject({ fault: { kind: 'unreachable' }, ordinal: 1 })
    expect(status(await client.send(caseOf(), 0))).toBe(200)
  })
})

describe('409', () => {
  test('a state conflict is sent again under new names, twice at most', async () => {
    const server = await rawServer((socket, { total }) => socket.write(total % 3 === 0 && total < 5 ? ok : http('409 Conflict')))
    const client = clientOf(server.url, { ...fakeClock(), rename })
    const passed = await client.send(caseOf(), 0)
    expect([status(passed), passed?.ordinal, passed?.case.attempt]).toEqual([200, 3, 2])
    const refused = await client.send(caseOf(), 0)
    expect([status(refused), refused?.ordinal, refused?.case.attempt, refused?.notReached]).toEqual([409, 6, 2, undefined])
  })

  test('of a rule whose conflicts no other name helps with, cases are sent once', async () => {
    const server = await rawServer((socket) => socket.write(http('409 Conflict')))
    const client = clientOf(server.url, { ...fakeClock(), rename })
    for (let i = 0; i < 4; i++) expect((await client.send(caseOf(), 0))?.case.attempt).toBe(2)
    const later = await client.send(caseOf(), 0)
    expect([later?.ordinal, later?.case.attempt]).toEqual([13, 0])
    expect((await client.send(caseOf({ rule: 'another' }), 0))?.case.attempt).toBe(2)
  })

  test('where other names help again and again, cases have them from the start', async () => {
    const server = await rawServer((socket, { total }) => socket.write(total % 2 === 1 && total < 16 ? http('409 Conflict') : ok))
    const client = clientOf(server.url, { ...fakeClock(), rename })
    for (let i = 0; i < 8; i++) expect((await client.send(caseOf(), 0))?.case.attempt).toBe(1)
    const later = await client.send(caseOf(), 0)
    expect([later?.ordinal, later?.case.attempt]).toEqual([17, 1])
  })

  test('equal payloads on purpose stay as they are', async () => {
    const server = await rawServer((socket) => socket.write(http('409 Conflict')))
    const owes = { success: 'allowed', clientError: 'forbidden', conflict: true } as const
    const exchange = await clientOf(server.url, { rename }).send(caseOf({ owes }), 0)
    expect([status(exchange), exchange?.ordinal, exchange?.case.attempt]).toEqual([409, 1, 0])
  })
})

describe('a large body', () => {
  const large = caseOf({ request: { body: Buffer.alloc(1024 * 1024, 'x') } })

  test('an early 413 is read although the connection is reset behind it', async () => {
    const early = http('413 Content Too Large', '{"errorCode":"E"}', 'Connection: close')
    const server = await rawServer((socket) => socket.write(early) && socket.resetAndDestroy(), { early: true })
    const client = clientOf(server.url)
    for (let i = 0; i < 20; i++) {
      const exchange = await client.send(large, 0)
      expect([status(exchange), exchange?.notReached]).toEqual([413, undefined])
    }
  })

  test('reset without a word: three fresh connections, a fault only where a smaller body was accepted', async () => {
    const server = await rawServer((socket, { head }) => (/length: 7$/.test(head) ? socket.write(ok) : socket.resetAndDestroy()), {
      early: true,
    })
    const client = clientOf(server.url, { sleep: async () => {} })
    const before = await client.send(large, 0)
    expect(before).toMatchObject({ fault: { kind: 'closed' }, ordinal: 3, notReached: expect.stringContaining('large body') })
    await client.send(caseOf(), 0)
    const after = await client.send({ ...large, fresh: true }, 0)
    expect(after).toMatchObject({ fault: { kind: 'closed', partial: false }, freshConnection: true })
    expect(after?.notReached).toBeUndefined()
  })

  test('reset twice, then answered', async () => {
    const server = await rawServer(
      (socket, { total }) => (total < 3 ? socket.resetAndDestroy() : socket.end(http('413 Content Too Large'))),
      {
        early: true,
      },
    )
    expect(status(await clientOf(server.url, { sleep: async () => {} }).send(large, 0))).toBe(413)
  })
})

describe('hangs', () => {
  test('after the first hang the wait is shortened, and what then seems to hang is sent again with the whole time', async () => {
    const server = await rawServer((socket, { body }) => (body.toString() === 'hang' ? undefined : socket.write(ok)))
    const client = clientOf(server.url, { timeout: 2.2, rename })
    const hang = (rule: string) => client.send(caseOf({ rule, request: { body: Buffer.from('hang') } }), 0)
    // Of so many, two may be slow on a busy machine.
    const usual = 40
    for (let i = 0; i < usual; i++) await client.send(caseOf(), 0)
    const first = await hang('a')
    expect([status(first), first?.ordinal, first?.freshConnection]).toEqual(['timeout', usual + 1, false])
    await client.send(caseOf(), 0)
    const other = await hang('b')
    expect([status(other), other?.ordinal, other?.freshConnection, other?.case.attempt]).toEqual(['timeout', usual + 4, true, 1])
    expect(Number(/within ([\d.]+) s/.exec(other?.fault?.message ?? '')?.[1])).toBeGreaterThanOrEqual(2.2)
  })
})

describe('the end', () => {
  test('the budget is asked before every request on the wire, and its end leaves nothing to judge', async () => {
    const server = await rawServer((socket, { total }) => socket.write(total === 2 ? http('429 Too Many Requests') : ok))
    let left = 2
    const client = clientOf(server.url, { ...fakeClock(), budget: { take: () => left-- > 0 } })
    expect(status(await client.send(caseOf(), 0))).toBe(200)
    expect(await client.send(caseOf(), 0)).toBeUndefined()
    expect(await client.send(caseOf(), 1)).toBeUndefined()
    expect(server.seen.length).toBe(2)
  })

  test('closing ends what is on the way and what waits', async () => {
    const server = await rawServer((socket, { total }) =>
      total === 1 ? undefined : socket.write(http('429 Too Many Requests', '', 'Retry-After: 30')),
    )
    const client = clientOf(server.url, { concurrency: 3 })
    const waiting = Promise.all([client.send(caseOf(), 0), client.send(caseOf(), 1), client.send(caseOf(), 2)])
    while (client.limit() === 3) await new Promise((resolve) => setImmediate(resolve))
    await client.close()
    expect(await waiting).toEqual([undefined, undefined, undefined])
    expect(await client.send(caseOf(), 0)).toBeUndefined()
  })

  test('stopping lets go what waits, and awaits what is on the way', async () => {
    const server = await rawServer((socket, { total }) =>
      total === 1 ? setTimeout(() => socket.write(ok), 300) : socket.write(http('429 Too Many Requests', '', 'Retry-After: 30')),
    )
    const client = clientOf(server.url, { concurrency: 3 })
    const waiting = Promise.all([client.send(caseOf(), 0), client.send(caseOf(), 1), client.send(caseOf(), 2)])
    while (client.limit() === 3) await new Promise((resolve) => setImmediate(resolve))
    client.stop()
    expect((await waiting).map((exchange) => exchange && status(exchange))).toEqual([200, undefined, undefined])
    expect(await client.send(caseOf(), 0)).toBeUndefined()
  })

  test('ordinals count every request once', async () => {
    const server = await rawServer((socket) => socket.write(ok))
    const exchanges = await sendMany(clientOf(server.url, { concurrency: 4 }), 100, 4)
    const ordinals = exchanges.map((exchange) => exchange?.ordinal ?? 0).sort((a, b) => a - b)
    expect(ordinals).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  })
})
