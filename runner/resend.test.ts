import type { Answer } from '../core/exchange'
import { retryAfter, unavailability } from './resend'

const answer = (status: number, headers: Record<string, string>, body = ''): Answer => ({
  status,
  statusText: '',
  headers: Object.entries(headers),
  body: Buffer.from(body),
  cut: false,
})

test.each([
  [{}, undefined],
  [{ 'Retry-After': '2' }, 2000],
  [{ 'retry-after': ' 0 ' }, undefined],
  [{ 'Retry-After': '3600' }, 300_000],
  [{ 'Retry-After': '1.5' }, 1500],
  [{ 'Retry-After': '-1' }, undefined],
  [{ 'Retry-After': 'soon' }, undefined],
  [{ 'Retry-After': 'Thu, 01 Jan 1970 00:00:05 GMT' }, 4000],
  [{ 'Retry-After': 'Thu, 01 Jan 1970 00:00:05 GMT', Date: 'Thu, 01 Jan 1970 00:00:03 GMT' }, 2000],
  [{ 'Retry-After': 'Thu, 01 Jan 1970 00:00:05 GMT', Date: 'Thu, 01 Jan 1970 00:00:09 GMT' }, undefined],
])('Retry-After in %j asks for %s ms', (headers, milliseconds) => {
  expect(retryAfter(answer(429, headers as Record<string, string>), 1000)).toBe(milliseconds)
})

const gatewayError = '{"error_code":"APIG.0308","error_msg":"busy","request_id":"r"}'

test.each([
  [503, { 'retry-after': '1' }, '', '503 with Retry-After'],
  [503, {}, gatewayError, "a gateway's 503"],
  [502, {}, '{"error_code":"APIG.1","request_id":"r"}', "a gateway's 502"],
  [
    503,
    {},
    '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>',
    "a gateway's 503",
  ],
  [504, {}, 'upstream request timeout', "a gateway's 504"],
  [500, { 'retry-after': '1' }, gatewayError, undefined],
  [502, { 'retry-after': '1' }, '', undefined],
  [503, {}, '', undefined],
  [503, {}, '{"errorCode":"ASM.01"}', undefined],
  [503, {}, '{"error_code":7,"error_msg":"x"}', undefined],
  [502, {}, '<h1>Bad Gateway</h1>', undefined],
  [502, {}, '[1', undefined],
])('%s %j %s says that the API is not there: %s', (status, headers, body, reason) => {
  expect(unavailability(answer(status, headers, body))).toBe(reason)
})
