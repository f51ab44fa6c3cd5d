import type { Answer } from '../core/exchange'
import { retryAfter } from './resend'

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
