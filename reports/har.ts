import type { Entry, Har, Header, PostData, QueryString, Request, Response } from 'har-format'
import { header } from '../core/exchange'
import type { Finding, ShownAnswer, ShownRequest } from '../core/finding'
import type { Report } from '../core/report'

const httpVersion = 'HTTP/1.1'

type Pairs = readonly (readonly [string, string])[]

const headers = (pairs: Pairs): Header[] => pairs.map(([name, value]) => ({ name, value }))
const mimeType = (pairs: Pairs): string => header({ headers: pairs }, 'content-type') ?? ''

/** Pairs of a raw query, as they were sent: an odd query is no form and is not decoded. */
function queryOf(target: string): QueryString[] {
  const [, query = ''] = target.split(/\?(.*)/s)
  return query.split('&').flatMap((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    return name === '' ? [] : [{ name, value }]
  })
}

function request(base: string, shown: ShownRequest): Request {
  // HAR has no encoding for a request's body, so that bytes which are no text are marked by a custom member.
  const data: (PostData & { _encoding?: string }) | undefined =
    shown.body !== undefined
      ? { mimeType: mimeType(shown.headers), text: shown.body }
      : shown.bodyBase64 !== undefined
        ? { mimeType: mimeType(shown.headers), text: shown.bodyBase64, _encoding: 'base64' }
        : undefined
  return {
    method: shown.method,
    url: base + shown.target,
    httpVersion,
    cookies: [],
    headers: headers(shown.headers),
    queryString: queryOf(shown.target),
    ...(data ? { postData: data } : {}),
    headersSize: -1,
    bodySize: shown.bodyBytes,
  }
}

/** An answer; where there is none the status is 0, as browsers have it, and `_error` says why. */
function response(shown: ShownAnswer | undefined): Response {
  const pairs = shown?.headers ?? []
  const size = shown?.bodyBytes ?? 0
  const text = shown?.body ?? shown?.bodyBase64
  return {
    status: shown?.status ?? 0,
    statusText: shown?.statusText ?? '',
    httpVersion,
    cookies: [],
    headers: headers(pairs),
    content: {
      size,
      mimeType: mimeType(pairs) || 'x-unknown',
      ...(text === undefined ? {} : { text }),
      ...(shown?.bodyBase64 === undefined ? {} : { encoding: 'base64' }),
    },
    redirectURL: header({ headers: pairs }, 'location') ?? '',
    headersSize: -1,
    bodySize: shown?.status === undefined ? -1 : size,
    ...(shown?.fault === undefined ? {} : { _error: shown.fault }),
  }
}

function entry(report: Report, finding: Finding): Entry[] {
  if (!finding.request) return []
  const wait = (finding.response?.seconds ?? 0) * 1000
  return [
    {
      startedDateTime: new Date(Date.parse(report.startedAt) + finding.firstSeen.seconds * 1000).toISOString(),
      time: wait,
      request: request(report.target, finding.request),
      response: response(finding.response),
      cache: {},
      timings: { send: 0, wait, receive: 0 },
      comment: `${finding.id}: ${finding.title}`,
    },
  ]
}

/**
 * `report.har`: an HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/) with the smallest failing exchange of each finding, its
 * id and title as the comment. The time of an entry is that of the finding's first failure. Secrets are masked and bodies cut, as in
 * the report.
 */
export function renderHar(report: Report): string {
  const har: Har = {
    log: {
      version: '1.2',
      creator: { name: report.tool.name, version: report.tool.version },
      entries: report.findings.flatMap((finding) => entry(report, finding)),
    },
  }
  return `${JSON.stringify(har, null, 2)}\n`
}
