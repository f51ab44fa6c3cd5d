import { unavailability } from './gateway'

const answer = (status: number, headers: Record<string, string>, body = '') => ({
  status,
  statusText: '',
  headers: Object.entries(headers),
  body: Buffer.from(body),
  cut: false,
})
const isOwn = (body: object) => 'errorCode' in body

const apig = '{"error_code":"APIG.0308","error_msg":"busy","request_id":"r"}'
const own = '{"errorCode":"ASM.01","errorMsg":"x"}'
const apache =
  '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>503 Service Unavailable</title>\n</head><body>\n<h1>Service Unavailable</h1>'

test.each([
  [503, { 'Retry-After': '1' }, own, 'POST'],
  [503, {}, apig, 'POST'],
  [502, {}, '{"error_code":"APIG.1","request_id":"r"}', 'POST'],
  [502, {}, '', 'POST'],
  [502, {}, 'Bad Gateway', 'POST'],
  [502, {}, '<h1>Bad Gateway</h1>', 'POST'],
  [502, {}, '{"message": "Internal server error"}', 'POST'],
  [504, {}, 'upstream request timeout', 'POST'],
  [504, {}, '{"timestamp":"2026-01-01T00:00:00Z","path":"/","status":504,"error":"Gateway Timeout","requestId":"1"}', 'POST'],
  [503, {}, '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>', 'POST'],
  [503, {}, apache, 'POST'],
  [503, {}, '<html>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n', 'POST'],
  [503, {}, 'no available server\n', 'POST'],
  [503, {}, '{"message":"failure to get a peer from the ring-balancer","request_id":"1"}', 'POST'],
  [503, { 'L5d-Proxy-Error': 'no endpoints' }, '', 'POST'],
  [503, { Server: 'awselb/2.0' }, '', 'POST'],
  [503, { 'Content-Type': 'text/html' }, '', 'HEAD'],
])('%s %j %s says that the API is not there for the moment', (status, headers, body, method) => {
  expect(unavailability(answer(status, headers as Record<string, string>, body), method, isOwn)).toBeDefined()
})

test.each([
  [500, { 'Retry-After': '1' }, apig, 'POST'],
  [500, {}, apache, 'POST'],
  [502, {}, own, 'POST'],
  [504, {}, own, 'POST'],
  [503, {}, own, 'POST'],
  [503, {}, '', 'POST'],
  [503, {}, 'busy', 'POST'],
  [503, {}, '{"error":"overloaded"}', 'POST'],
  [503, {}, '{"error_code":7,"error_msg":"x"}', 'POST'],
  [503, { 'Content-Type': 'application/json' }, '', 'HEAD'],
])('%s %j %s is the word of the API itself', (status, headers, body, method) => {
  expect(unavailability(answer(status, headers as Record<string, string>, body), method, isOwn)).toBeUndefined()
})
