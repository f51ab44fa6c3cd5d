import { judged, owes, successBody, verdict } from '../fixtures'

describe('no-fault', () => {
  test.each([
    ['no answer in time', { kind: 'timeout', message: 'none within 10 s', partial: false }, 'hang'],
    ['half an answer in time', { kind: 'timeout', message: 'none within 10 s', partial: true }, 'hang'],
    ['closed before any byte', { kind: 'closed', message: 'other side closed', partial: false }, 'dropped'],
    ['closed within the answer', { kind: 'closed', message: 'other side closed', partial: true }, 'truncated'],
    ['no HTTP', { kind: 'malformed', message: 'bad status line', partial: true }, 'not-http'],
  ] as const)('%s', (_, fault, kind) => {
    for (const owed of Object.values(owes)) expect(verdict({ owes: owed, fault })).toEqual([`no-fault ${kind} answer`])
  })

  test('what HTTP may refuse needs an answer all the same; the runner forgives what does not repeat', () => {
    const owed = { ...owes.refuse, httpMayRefuse: true }
    expect(verdict({ owes: owed, fault: { kind: 'closed', message: '', partial: false } })).toEqual(['no-fault dropped answer'])
    expect(verdict({ owes: owed, fault: { kind: 'timeout', message: '', partial: false } })).toEqual(['no-fault hang answer'])
  })
})

const gateway = { error_code: 'APIG.0202', error_msg: 'Backend unavailable', request_id: 'a1' }
const nginx =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>'

describe('server-error', () => {
  test.each([
    [500, { body: { errorCode: 'ASM.5' } }],
    [500, { text: 'Internal Server Error', headers: [] }],
    [500, { body: gateway }],
    [501, { text: '', headers: [] }],
    [502, { body: { errorCode: 'ASM.5' } }],
    [503, { text: 'busy', headers: [] }],
    [504, { body: { errorCode: 'ASM.5', errorMsg: 'x' } }],
    [599, { text: '{', headers: [['Content-Type', 'application/json']] as const }],
  ])('%i is a finding, alone', (status, parts) => {
    for (const owed of Object.values(owes))
      expect(verdict({ owes: owed, answer: { status, ...parts } })).toEqual([`server-error status:${status} answer.status`])
  })

  test.each([
    ['503 with Retry-After', { status: 503, text: 'busy', headers: [['retry-after', '1']] as const }],
    ['502 of the gateway', { status: 502, body: gateway }],
    ['503 of the gateway', { status: 503, body: gateway }],
    ['504 of the gateway', { status: 504, body: gateway }],
    ['504 without a body', { status: 504, text: '', headers: [] }],
    ['502 of a proxy', { status: 502, text: nginx, headers: [['Content-Type', 'text/html']] as const }],
  ])('%s asks for patience', (_, parts) => {
    for (const owed of Object.values(owes)) {
      const judgement = judged({ owes: owed, answer: parts })
      expect(judgement).toMatchObject({ failures: [], notReached: expect.any(String) })
      expect(judgement.ifPersistent).toBeUndefined()
    }
  })
})

describe('error-inside', () => {
  test.each([
    ['a valid request', owes.accept],
    ['an open request', owes.either],
    ['a broken one', owes.reject],
    ['one without a token', owes.refuse],
  ])('an error in a success to %s is the one failure', (_, owed) => {
    expect(verdict({ owes: owed, answer: { body: { errorCode: 'ASM.1', errorMsg: 'no' } } })).toEqual([
      'error-inside error-inside answer.body.errorCode',
    ])
    expect(verdict({ owes: owed, answer: { body: gateway } })).toEqual(['error-inside error-inside answer.body.error_code'])
    expect(verdict({ owes: owed, answer: { body: { errorCode: 4711 } } })).toEqual(['error-inside error-inside answer.body.errorCode'])
  })
  test.each([[''], ['0'], [0], [null]])('an error code of %j tells of no error', (errorCode) => {
    const judgement = judged({ answer: { body: { ...(successBody() as object), errorCode } as never } })
    expect(judgement.failures).toEqual([])
  })
  test('what GET answers is not asked', () => {
    expect(verdict({ owes: owes.harmless, method: 'GET', answer: { body: gateway } })).toEqual([])
  })
})

describe('creates-nothing', () => {
  const created = successBody() as { metadata: object }
  test('the name of this request with an id made for it', () => {
    expect(verdict({ owes: owes.harmless, method: 'GET', answer: { body: created as never } })).toEqual([
      'creates-nothing created answer.body',
    ])
    expect(
      verdict({
        owes: owes.harmless,
        method: 'GET',
        answer: { status: 201, body: { items: [{ metadata: { name: 'x', uid: 'y' } }, created] } as never },
      }),
    ).toEqual(['creates-nothing created answer.body'])
  })
  test.each([
    ['a list of others', [{ metadata: { name: 'another-one', uid: 'u1' } }]],
    ['an echo without an id', { metadata: { name: 'pb-x7k2-first-task' } }],
    ['a greeting', { hello: 'world' }],
  ])('%s is lawful', (_, body) => {
    expect(verdict({ owes: owes.harmless, method: 'GET', answer: { body: body as never } })).toEqual([])
  })
  test('no body, no creation', () => {
    expect(verdict({ owes: owes.harmless, method: 'HEAD', answer: { text: '' } })).toEqual([])
    expect(verdict({ owes: owes.harmless, method: 'GET', sentText: '', answer: { body: created as never } })).toEqual([])
  })
})
