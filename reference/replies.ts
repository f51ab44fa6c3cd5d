import { randomUUID } from 'node:crypto'
import type { Json } from '../core/json'
import type { Reply } from './stages'

const jsonType = 'application/json'

/** An answer with a body of any kind. `type` undefined: no `Content-Type`. */
export function reply(status: number, body: string | Buffer, type: string | undefined = jsonType): Reply {
  return { status, headers: type === undefined ? {} : { 'Content-Type': type }, body: typeof body === 'string' ? Buffer.from(body) : body }
}

export const jsonReply = (status: number, value: Json): Reply => reply(status, JSON.stringify(value))

export const emptyReply = (status: number, headers: Reply['headers'] = {}): Reply => ({ status, headers, body: Buffer.alloc(0) })

/** The service's own error, in the documented shape. */
export const errorReply = (status: number, code: string, message: string): Reply =>
  jsonReply(status, { errorCode: code, errorMsg: message })

export const withHeaders = (answer: Reply, headers: Reply['headers']): Reply => ({ ...answer, headers: { ...answer.headers, ...headers } })

const gatewayErrors: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['APIG.0201', 'Bad request'],
  401: ['APIG.0301', 'Incorrect IAM authentication information'],
  403: ['APIG.0302', 'The IAM user is not authorized to access the API'],
  404: ['APIG.0101', 'The API does not exist or has not been published in the environment'],
  405: ['APIG.0101', 'The API does not take this request method'],
  406: ['APIG.0201', 'The requested representation is not available'],
  413: ['APIG.0201', 'Request entity too large'],
  414: ['APIG.0201', 'Request URI too large'],
  415: ['APIG.0201', 'The media type of the request is not supported'],
  429: ['APIG.0308', 'The throttling threshold has been reached'],
  431: ['APIG.0201', 'Request header fields too large'],
  501: ['APIG.0101', 'The request method is not known'],
  502: ['APIG.0202', 'Backend unavailable'],
  503: ['APIG.0202', 'Backend unavailable'],
  504: ['APIG.0204', 'Backend timed out'],
}

/** An error of the gateway in front of the API, which has a shape of its own. */
export function gatewayReply(status: number): Reply {
  const [code, message] = gatewayErrors[status] ?? [`APIG.0${status}`, 'The request was refused']
  return jsonReply(status, { error_code: code, error_msg: message, request_id: randomUUID().replaceAll('-', '') })
}

/** A web server's own error page. */
export function htmlReply(status: number, title: string): Reply {
  const page = `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
  return reply(status, page, 'text/html')
}
