import { jsonHeaders, judged, owes, verdict } from '../fixtures'

const error = { errorCode: 'ASM.01010001', errorMsg: 'no' }
const gateway = { error_code: 'APIG.0308', error_msg: 'no', request_id: 'a1' }
const of = (kind: string) => [`status ${kind} answer.status`]

describe('guilty', () => {
  test.each([
    ['a valid body refused with 400', owes.accept, 400, error, 'refused:400'],
    ['a valid body refused with 422', owes.accept, 422, error, 'refused:422'],
    ['a valid body refused with 413', owes.accept, 413, error, 'refused:413'],
    ['a valid body refused with 415', owes.accept, 415, gateway, 'refused:415'],
    ['another success', owes.accept, 201, undefined, 'status:201'],
    ['no content', owes.accept, 204, '', 'status:204'],
    ['another success to an open request', owes.either, 202, undefined, 'status:202'],
    ['a redirect', owes.accept, 302, '', 'status:302'],
    ['a redirect instead of a refusal', owes.refuse, 302, '', 'status:302'],
    ['a broken body accepted', owes.reject, 200, undefined, 'accepted'],
    ['a broken body accepted with 204', owes.reject, 204, '', 'accepted'],
    ['another client error for a broken body', owes.reject, 422, error, 'status:422'],
    ['415 for a broken body', owes.reject, 415, gateway, 'status:415'],
    ['409 for a broken body', owes.reject, 409, error, 'status:409'],
    ['413 for a broken body', owes.reject, 413, error, 'status:413'],
    ['422 for an open body', owes.either, 422, error, 'status:422'],
    ['a missing token let pass', owes.refuse, 200, undefined, 'accepted'],
  ])('%s', (_, owed, status, body, kind) => {
    const parts = typeof body === 'string' ? { text: body, headers: [] } : body ? { body } : undefined
    expect(verdict({ owes: owed, answer: { status, ...(parts ?? { text: '{}' }) } })).toEqual(of(kind))
  })
})

describe('lawful', () => {
  test.each([
    ['401 without a token', owes.refuse, 401, gateway],
    ['404 for another method', owes.refuse, 404, gateway],
    ['405 for another method', owes.refuse, 405, gateway],
    ['406 for another media type', owes.refuse, 406, gateway],
    ['415 for another media type', owes.refuse, 415, gateway],
    ['403 for a garbage token', owes.refuse, 403, gateway],
    ['409 where every client error will do', owes.refuse, 409, error],
    ['400 for a broken body', owes.reject, 400, error],
    ['400 for an open body', owes.either, 400, error],
    ['409 to an open body', owes.either, 409, error],
    ['413 to a large body', { ...owes.either, also: [413] }, 413, gateway],
    ['414 for an odd path', owes.eitherAny, 414, gateway],
    ['409 to equal payloads', { ...owes.accept, conflict: true }, 409, error],
    ['501 for an unknown method', { ...owes.refuse, also: [501] }, 501, gateway],
    ['a list for GET', owes.harmless, 200, []],
    ['204 for OPTIONS', owes.harmless, 204, ''],
    ['a redirect for GET', owes.harmless, 307, ''],
  ])('%s', (_, owed, status, body) => {
    expect(judged({ owes: owed, answer: { status, ...(body === '' ? { text: '' } : { body: body as never }) } })).toMatchObject({
      failures: [],
    })
    expect(judged({ owes: owed, answer: { status, ...(body === '' ? { text: '' } : { body: body as never }) } }).notReached).toBeUndefined()
  })
})

describe('not reached', () => {
  test.each([401, 403, 404, 405, 408, 409])('%i on a valid body, unless it stays so', (status) => {
    const judgement = judged({ answer: { status, body: gateway } })
    expect(judgement).toMatchObject({ failures: [], ifPersistent: { check: 'status', kind: `refused:${status}` } })
    expect(judgement.notReached).toContain(String(status))
  })
  test.each([401, 403, 404, 405])('%i on a broken or open body', (status) => {
    for (const owed of [owes.reject, owes.either]) {
      expect(judged({ owes: owed, answer: { status, body: gateway } })).toMatchObject({
        failures: [],
        notReached: expect.any(String),
        ifPersistent: { kind: `status:${status}` },
      })
    }
  })
  test.each(Object.entries(owes))('429 under %s', (_, owed) => {
    const judgement = judged({ owes: owed, answer: { status: 429, body: { errorCode: 'ASM.1', errorMsg: 'resource locked' } } })
    expect(judgement).toMatchObject({ failures: [], notReached: 'throttled (429)' })
    expect(judgement.ifPersistent).toBeUndefined()
  })
  test('407 on a valid body is never held against it', () => {
    const judgement = judged({ answer: { status: 407, body: error } })
    expect(judgement).toMatchObject({ failures: [], notReached: expect.any(String) })
    expect(judgement.ifPersistent).toBeUndefined()
  })
  test('what the runner could not reach', () => {
    expect(judged({ notReached: 'throttled', answer: { status: 429, text: 'busy', headers: [] } })).toMatchObject({
      failures: [],
      notReached: 'throttled',
    })
    expect(judged({ fault: { kind: 'unreachable', message: 'ECONNREFUSED', partial: false } })).toMatchObject({
      failures: [],
      notReached: expect.stringContaining('ECONNREFUSED'),
    })
  })
})

describe('words and weight', () => {
  test('a failure names what the request changes', () => {
    const changes = [{ at: ['body', 'spec', 'ingress', 'port'], set: '8080' }]
    const [failure] = judged({ owes: owes.reject, case: { changes, rule: 'body.spec.ingress.port:type:string' } }).failures
    expect(failure).toMatchObject({
      severity: 'serious',
      expected: '400',
      message: 'a request with body.spec.ingress.port = "8080" was accepted with 200; owed is 400',
    })
    expect(failure?.anywhere).toBeUndefined()
  })
  test('a door without a key is critical', () => {
    const changes = [{ at: ['header', 'X-Auth-Token'], remove: true as const }]
    expect(judged({ owes: owes.refuse, case: { changes } }).failures[0]).toMatchObject({ kind: 'accepted', severity: 'critical' })
  })
  test('another status is one cause, whatever was sent; it quotes the docs', () => {
    expect(judged({ answer: { status: 201, text: '{}' } }).failures[0]).toMatchObject({
      anywhere: true,
      docs: { line: expect.any(Number) },
    })
  })
  test('coercion may be declared lawful: for types only', () => {
    const settings = { coercion: 'lawful' as const }
    expect(verdict({ owes: owes.reject, case: { rule: 'body.spec.ingress.port:type:string' } }, { settings })).toEqual([])
    expect(verdict({ owes: owes.reject, case: { rule: 'body.spec:required' } }, { settings })).toEqual(of('accepted'))
  })
  test('an operation that the document does not hold is judged by HTTP alone', () => {
    expect(verdict({ case: { operation: 'other' }, answer: { status: 201, text: '{}' } })).toEqual([])
    expect(verdict({ case: { operation: 'other' }, answer: { status: 200, text: '{', headers: jsonHeaders } })).toEqual([
      'well-formed not-json answer.body',
    ])
  })
})
