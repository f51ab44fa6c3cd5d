import type { Socket } from 'node:net'
import type { Exchange } from '../core/exchange'
import { caseOf, clientOf, freePort, http, rawServer } from '../test/sockets'
import { NotSendable } from './client'

const get = (exchange: Exchange | undefined): Exchange => {
  if (!exchange) throw new Error('no exchange')
  return exchange
}

test('the time of an answer begins when its request is written, not while it waits for the one before', async () => {
  const server = await rawServer((socket) => setTimeout(() => socket.write(http('200 OK')), 600))
  const client = clientOf(server.url, { timeout: 1 })
  const both = await Promise.all([client.send(caseOf(), 0), client.send(caseOf(), 0)])
  expect(both.map((exchange) => get(exchange).answer?.status ?? get(exchange).fault?.message)).toEqual([200, 200])
})

describe('what is sent', () => {
  test('the header pairs and the target go as they are, twice where they are twice, with the base path before the target', async () => {
    const server = await rawServer((socket) => socket.write(http('200 OK')))
    const client = clientOf(`${server.url}/base/path/`)
    const headers = [
      ['cOnTent-Type', 'application/json;charset=utf-8'],
      ['X-Twice', 'a'],
      ['X-Twice', 'b'],
      ['X-Bytes', '\xc3\xa9\t '],
    ] as const
    await client.send(caseOf({ request: { target: '/a%2Fb//../%zz?q=%00', headers } }), 0)
    const { head, body } = server.seen[0]!
    expect(head.split('\r\n')[0]).toBe('POST /base/path/a%2Fb//../%zz?q=%00 HTTP/1.1')
    for (const [name, value] of headers) expect(head).toContain(`\r\n${name}: ${value}`)
    expect(head).toMatch(/\r\naccept: application\/json\r\nuser-agent: plumbline\/\d+\.\d+\.\d+\r\ncontent-length: 7$/)
    expect(body.toString()).toBe('{"a":1}')
  })

  test("the case's own Accept, User-Agent and Host win", async () => {
    const server = await rawServer((socket) => socket.write(http('200 OK')))
    const headers = [
      ['Accept', 'text/plain'],
      ['User-Agent', 'x'],
      ['Host', 'example.com'],
    ] as const
    await clientOf(server.url).send(caseOf({ request: { headers } }), 0)
    const { head } = server.seen[0]!
    expect(head.match(/\r\naccept: .*/gi)).toEqual(['\r\nAccept: text/plain'])
    expect(head.match(/\r\nuser-agent: .*/gi)).toEqual(['\r\nUser-Agent: x'])
    expect(head.match(/\r\nhost: .*/gi)).toEqual(['\r\nhost: example.com'])
  })

  test.each(['TRACE', 'get', 'FOO-BAR', 'DELETE', 'OPTIONS', 'GET', 'PATCH'])('the method %s may have a body', async (method) => {
    const server = await rawServer((socket) => socket.write(http('405 Method Not Allowed')))
    const exchange = get(await clientOf(server.url).send(caseOf({ request: { method } }), 0))
    expect(exchange.answer?.status).toBe(405)
    expect(server.seen[0]!.head).toMatch(new RegExp(`^${method} /things HTTP/1.1`))
    expect(server.seen[0]!.body.toString()).toBe('{"a":1}')
  })

  test('a HEAD request without a body', async () => {
    const server = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n'))
    const exchange = get(await clientOf(server.url).send(caseOf({ request: { method: 'HEAD', body: undefined } }), 0))
    expect(exchange.answer).toMatchObject({ status: 200, body: Buffer.alloc(0), cut: false })
    expect(server.seen[0]!.head).not.toMatch(/content-length/i)
  })

  test.each([
    ['at once', (socket: Socket) => socket.write('HTTP/1.1 405 No\r\nContent-Length: 2\r\n\r\n{}')],
    [
      'a moment later',
      (socket: Socket) => {
        socket.write('HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 405 No\r\nContent-Length: 2\r\n\r\n')
        setTimeout(() => socket.end('{}'), 2)
      },
    ],
  ])('a body behind the answer to a HEAD is a fault: %s', async (_, answer) => {
    const server = await rawServer(answer)
    const client = clientOf(server.url)
    const head = caseOf({ request: { method: 'HEAD', body: undefined } })
    expect(get(await client.send(head, 0)).fault).toMatchObject({ kind: 'malformed', message: expect.stringContaining('HEAD') })
  })

  test.each([
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 204 Nothing\r\nConnection: keep-alive\r\n\r\n',
    'HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  ])('an answer to a HEAD that ends with its head is taken: %j', async (text) => {
    const server = await rawServer((socket) => (text.includes('keep-alive') ? socket.write(text) : socket.end(text)))
    const client = clientOf(server.url)
    for (let i = 0; i < 2; i++) {
      const exchange = get(await client.send(caseOf({ request: { method: 'HEAD', body: undefined } }), 0))
      expect(exchange.answer?.body).toEqual(Buffer.alloc(0))
      expect(get(await client.send(caseOf({ request: { method: 'HEAD', body: undefined } }), 0)).answer).toBeDefined()
    }
  })

  test('a body of 1 MiB arrives whole', async () => {
    const server = await rawServer((socket) => socket.write(http('200 OK')))
    const body = Buffer.alloc(1024 * 1024 + 17, 'plumbline')
    const exchange = get(await clientOf(server.url).send(caseOf({ request: { body } }), 0))
    expect(exchange.answer?.status).toBe(200)
    expect(server.seen[0]!.body.equals(body)).toBe(true)
  })

  test.each([
    ['a method that is no token', { method: 'G ET' }],
    ['CONNECT', { method: 'CONNECT' }],
    ['a control character in the target', { target: '/a\u0000' }],
    ['a space in the target', { target: '/a b' }],
    ['a target of another form', { target: '*' }],
    ['a line end in a header', { headers: [['X-A', 'a\r\nX-B: b']] }],
    ['NUL in a header', { headers: [['X-A', 'a\u0000b']] }],
    ['a character over U+00FF in a header', { headers: [['X-A', '\u2028']] }],
    ['a header name that is no token', { headers: [['X A', 'a']] }],
    ['Transfer-Encoding', { headers: [['Transfer-Encoding', 'chunked']] }],
    ['Expect', { headers: [['Expect', '100-continue']] }],
    ['a Content-Length of its own', { headers: [['Content-Length', '3']] }],
    [
      'Host twice',
      {
        headers: [
          ['Host', 'a'],
          ['host', 'a'],
        ],
      },
    ],
  ] as const)('%s is refused before anything is sent', async (_, request) => {
    const server = await rawServer((socket) => socket.write(http('200 OK')))
    let taken = 0
    const client = clientOf(server.url, { budget: { take: () => ++taken > 0 } })
    await expect(client.send(caseOf({ request }), 0)).rejects.toThrow(NotSendable)
    expect([server.connections(), taken]).toEqual([0, 0])
  })
})

describe('connections', () => {
  test('cases of one slot share a connection, slots do not, and a fresh case has a new one', async () => {
    const server = await rawServer((socket) => socket.write(http('200 OK')))
    const client = clientOf(server.url, { concurrency: 2 })
    const fresh: boolean[] = []
    for (const [slot, made] of [
      [0, caseOf()],
      [0, caseOf()],
      [1, caseOf()],
      [0, caseOf({ fresh: true })],
      [0, caseOf()],
      [1, caseOf()],
    ] as const)
      fresh.push(get(await client.send(made, slot)).freshConnection)
    expect(fresh).toEqual([true, false, true, true, false, false])
    expect(server.seen.map(({ connection, nth }) => [connection, nth])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [3, 1],
      [3, 2],
      [2, 2],
    ])
  })

  test('after Connection: close, sent or received, a socket is not used again', async () => {
    const server = await rawServer((socket, { total }) => socket.write(http('200 OK', '{}', ...(total === 1 ? ['Connection: close'] : []))))
    const client = clientOf(server.url)
    const closing = caseOf({ request: { headers: [['Connection', 'close']] } })
    for (const made of [caseOf(), closing, caseOf()]) expect(get(await client.send(made, 0)).freshConnection).toBe(true)
    expect(server.seen[1]!.head).toMatch(/\r\nconnection: close/i)
    expect(server.seen[2]!.head).not.toMatch(/\r\nconnection: close/i)
  })

  test('a server that closes after each answer without a word is no fault', async () => {
    const server = await rawServer((socket) => socket.end(http('200 OK')))
    const client = clientOf(server.url)
    for (let i = 0; i < 20; i++) expect(get(await client.send(caseOf(), 0)).answer?.status).toBe(200)
    expect(server.connections()).toBe(20)
  })

  test('an idle connection closed just as the next request comes: sent again on a fresh one', async () => {
    const server = await rawServer((socket, { nth }) => (nth === 2 ? socket.destroy() : socket.write(http('200 OK'))))
    const client = clientOf(server.url)
    const exchanges = [get(await client.send(caseOf(), 0)), get(await client.send(caseOf(), 0))]
    expect(exchanges.map(({ answer, ordinal, freshConnection }) => [answer?.status, ordinal, freshConnection])).toEqual([
      [200, 1, true],
      [200, 3, true],
    ])
  })

  test('an idle connection closed with 408: sent again on a fresh one', async () => {
    const timeout = http('408 Request Timeout', '', 'Connection: close')
    const server = await rawServer((socket, { nth }) => (nth === 2 ? socket.end(timeout) : socket.write(http('200 OK'))))
    const client = clientOf(server.url)
    await client.send(caseOf(), 0)
    expect(get(await client.send(caseOf(), 0)).answer?.status).toBe(200)
  })

  test('closed on a fresh connection, and closed after bytes of the answer on a reused one, are faults', async () => {
    const server = await rawServer((socket, { nth, connection }) =>
      connection === 1 ? socket.end() : nth === 1 ? socket.write(http('200 OK')) : socket.end('HTTP/1.1 2'),
    )
    const client = clientOf(server.url)
    expect(get(await client.send(caseOf(), 0)).fault).toMatchObject({ kind: 'closed', partial: false })
    expect(get(await client.send(caseOf(), 0)).answer?.status).toBe(200)
    const exchange = get(await client.send(caseOf(), 0))
    expect(exchange.fault).toMatchObject({ kind: 'closed', partial: true, message: expect.stringContaining('header section') })
    expect([exchange.freshConnection, exchange.ordinal]).toEqual([false, 3])
  })

  test('a port where nobody listens', async () => {
    const port = await freePort()
    const { fault, answer } = get(await clientOf(`http://127.0.0.1:${port}`).send(caseOf(), 0))
    expect([answer, fault?.kind]).toEqual([undefined, 'unreachable'])
    expect(fault?.message).toContain('ECONNREFUSED')
  })
})

describe('what is received', () => {
  const receive = async (bytes: string | Buffer, end = true, options = {}) => {
    const server = await rawServer((socket) => {
      socket.write(bytes)
      if (end) socket.end()
    })
    return get(await clientOf(server.url, options).send(caseOf(), 0))
  }

  test('header pairs in order and in their own case, the body as bytes, nothing decoded', async () => {
    const body = Buffer.from([0xff, 0xfe, 0x1f, 0x8b])
    const head = 'HTTP/1.1 201 Made It\r\nX-B: 1\r\nx-a: \xe9\r\nX-B: 2\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n'
    const { answer } = await receive(Buffer.concat([Buffer.from(head, 'latin1'), body]))
    expect(answer).toEqual({
      status: 201,
      statusText: 'Made It',
      headers: [
        ['X-B', '1'],
        ['x-a', '\xe9'],
        ['X-B', '2'],
        ['Content-Encoding', 'gzip'],
        ['Content-Length', '4'],
      ],
      body,
      cut: false,
    })
  })

  test.each([
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n5;x=y\r\na":1}\r\n0\r\nX-Trailer: t\r\n\r\n', '{"a":1}'],
    ['ended by the close', 'HTTP/1.0 200 OK\r\n\r\n{"a":1}', '{"a":1}'],
    ['HTTP/1.1 ended by the close', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"a":1}', '{"a":1}'],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
    ['after interim answers', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${http('200 OK', '[]')}`, '[]'],
  ])('a lawful answer: %s', async (_, bytes, body) => {
    const { answer } = await receive(bytes)
    expect(answer?.body.toString()).toBe(body)
    expect(answer?.status).toBe(body === '' ? 204 : 200)
  })

  test.each([
    ['closed', true, 'a body shorter than its Content-Length', http('200 OK').replace('Length: 2', 'Length: 20')],
    ['closed', true, 'a body that ends between chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n'],
    ['closed', true, 'a header section that ends early', 'HTTP/1.1 200 OK\r\nContent-'],
    ['malformed', true, 'no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['malformed', true, 'a header line without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['malformed', true, 'two contradicting lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    [
      'malformed',
      true,
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
    ['malformed', true, 'a chunk size that is no number', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
    ['malformed', true, 'a protocol switched unasked', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['malformed', true, 'chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['malformed', true, 'no space behind the status code', http('200 OK').replace(' OK', '')],
    ['malformed', true, 'a header section without end', `HTTP/1.1 200 OK\r\n${`X-Long: ${'a'.repeat(8000)}\r\n`.repeat(40)}`],
  ])('%s: %s, %s', async (kind, partial, _, bytes) => {
    expect((await receive(bytes)).fault).toMatchObject({ kind, partial })
  })

  test.each([
    ['a length', http('200 OK', '{"a":1}')],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n0\r\n0\r\n\r\n'],
    ['no body', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ])('a line end behind an answer with %s: told of the exchange, whether it comes with the answer or later', async (_, bytes) => {
    const server = await rawServer((socket, { total }) => {
      socket.write(total === 1 ? `${bytes}\r\n` : bytes)
      if (total === 3) setTimeout(() => socket.write('\n'), 30)
    })
    const late: string[] = []
    const client = clientOf(server.url, { onLeftover: ({ case: { rule } }) => late.push(rule) })
    const faults: (string | undefined)[] = []
    for (const rule of ['with it', 'none', 'later']) faults.push(get(await client.send(caseOf({ rule }), 0)).fault?.kind)
    await new Promise((resolve) => setTimeout(resolve, 120))
    await client.send(caseOf({ rule: 'last' }), 0)
    expect([faults, late]).toEqual([['malformed', undefined, undefined], ['later']])
  })

  test('a Content-Length that is too small: told of the exchange itself when the rest came with it', async () => {
    const { fault, answer } = await receive(http('200 OK', '{"a":1}').replace('Length: 7', 'Length: 3'), false)
    expect([answer, fault?.kind, fault?.partial]).toEqual([undefined, 'malformed', true])
  })

  test('a Content-Length that is too small: told of the exchange before when the rest came later', async () => {
    const server = await rawServer((socket, { nth, connection }) => {
      if (connection === 1 && nth === 2) socket.write(':1}')
      socket.write(http('200 OK'))
    })
    const late: Exchange[] = []
    const client = clientOf(server.url, { onLeftover: (exchange) => late.push(exchange) })
    const first = get(await client.send(caseOf({ rule: 'first' }), 0))
    const second = get(await client.send(caseOf({ rule: 'second' }), 0))
    expect([first.answer?.status, second.answer?.status, second.freshConnection]).toEqual([200, 200, true])
    expect(late.map(({ case: { rule }, fault, answer, ordinal }) => [rule, fault?.kind, answer, ordinal])).toEqual([
      ['first', 'malformed', undefined, 1],
    ])
  })

  test('bytes on an idle connection are told of the exchange before, a 408 is not', async () => {
    let idle = ''
    let closed = () => {}
    const server = await rawServer((socket) => {
      socket.on('close', () => closed()).write(http('200 OK'))
      setTimeout(() => socket.end(idle), 20)
    })
    const late: Exchange[] = []
    const client = clientOf(server.url, { onLeftover: (exchange) => late.push(exchange) })
    for (idle of ['HTTP/1.0 408 Request Time-out\r\n\r\n', 'rest']) {
      const end = new Promise<void>((resolve) => {
        closed = resolve
      })
      expect(get(await client.send(caseOf({ rule: idle }), 0)).answer?.status).toBe(200)
      await end
    }
    expect(late.map((exchange) => exchange.case.rule)).toEqual(['rest'])
  })

  test('a 408 that is read with the answer before it is not', async () => {
    const server = await rawServer((socket, { total }) =>
      total === 1 ? socket.end(`${http('200 OK')}${http('408 Request Timeout', '', 'Connection: close')}`) : socket.write(http('200 OK')),
    )
    const late: Exchange[] = []
    const client = clientOf(server.url, { onLeftover: (exchange) => late.push(exchange) })
    for (let i = 0; i < 2; i++) expect(get(await client.send(caseOf(), 0)).answer?.status).toBe(200)
    expect(late).toEqual([])
  })

  test('garbage that comes again on a fresh connection is the fault of its own exchange', async () => {
    const server = await rawServer((socket, { total }) => socket.write(total === 1 ? http('200 OK') : 'garbage'))
    const late: Exchange[] = []
    const client = clientOf(server.url, { onLeftover: (exchange) => late.push(exchange) })
    await client.send(caseOf(), 0)
    expect(get(await client.send(caseOf(), 0)).fault?.kind).toBe('malformed')
    expect(late).toEqual([])
  })

  test('no answer in time, before any byte and within the body', async () => {
    const server = await rawServer((socket, { total }) =>
      total === 1 ? undefined : socket.write(http('200 OK').replace('Length: 2', 'Length: 9')),
    )
    const client = clientOf(server.url, { timeout: 0.2 })
    expect(get(await client.send(caseOf(), 0)).fault).toMatchObject({ kind: 'timeout', partial: false })
    const { fault, seconds } = get(await client.send(caseOf(), 0))
    expect(fault).toMatchObject({ kind: 'timeout', partial: true, message: expect.stringContaining('2 of the 9 bytes') })
    expect(seconds).toBeGreaterThanOrEqual(0.2)
  })

  test('an answer that goes on coming is waited for beyond the deadline', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n')
      let left = 20
      const drip = setInterval(() => (left-- > 0 ? socket.write('x') : clearInterval(drip)), 100)
      socket.on('close', () => clearInterval(drip))
    })
    const { answer, seconds } = get(await clientOf(server.url, { timeout: 1.5 }).send(caseOf(), 0))
    expect(answer?.body.toString()).toBe('x'.repeat(20))
    expect(seconds).toBeGreaterThan(1.6)
  })

  test('an answer that drips without end is ended all the same', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const drip = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(drip))
    })
    const { fault, seconds } = get(await clientOf(server.url, { timeout: 0.3 }).send(caseOf(), 0))
    expect(fault).toMatchObject({ kind: 'timeout', partial: true })
    expect(seconds).toBeGreaterThan(0.8)
  })

  test('an answer of 100 MB is read up to the limit, and the next case is served', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x')
    let written = 0
    const server = await rawServer((socket, { total }) => {
      if (total > 1) return socket.write(http('200 OK'))
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${100 * piece.length}\r\n\r\n`)
      const more = () => {
        if (written++ < 100 && !socket.destroyed) socket.write(piece, more)
      }
      more()
    })
    const client = clientOf(server.url, { maxAnswerBytes: 10_000 })
    const { answer } = get(await client.send(caseOf(), 0))
    expect([answer?.cut, answer?.body.length]).toEqual([true, 10_000])
    expect(get(await client.send(caseOf(), 0)).answer?.cut).toBe(false)
    expect(written).toBeLessThan(50)
  })

  test.each([
    ['ends', 300, undefined],
    ['goes on', 100_000, true],
  ] as const)('an answer that tells no length and %s beyond the limit', async (_, pieces, endless) => {
    const server = await rawServer((socket) => {
      let written = 0
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      const more = () => {
        if (!socket.destroyed)
          socket.write(written++ < pieces ? `64\r\n${'x'.repeat(100)}\r\n` : '0\r\n\r\n', written <= pieces ? more : undefined)
      }
      more()
    })
    const { answer } = get(await clientOf(server.url, { maxAnswerBytes: 10_000 }).send(caseOf(), 0))
    expect([answer?.cut, answer?.endless, answer?.body.length]).toEqual([true, endless, 10_000])
  })

  test('an answer of just the limit is not cut', async () => {
    const { answer } = await receive(http('200 OK', 'x'.repeat(100)), true, { maxAnswerBytes: 100 })
    expect([answer?.cut, answer?.body.length]).toEqual([false, 100])
  })
})
