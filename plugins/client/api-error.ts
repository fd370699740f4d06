/** One problem of a request, as FastAPI reports it. */
export interface ApiIssue {
  readonly type: string
  readonly loc: ReadonlyArray<string | number>
  readonly msg: string
  readonly input?: unknown
  readonly ctx?: unknown
}

/** Thrown by `unwrap()` for a response that is not 2xx. */
export class ApiError extends Error {
  readonly code = 'APIKIT_ERR_API'
  /** Status of the response. */
  readonly status: number
  /** `detail` of the response, or the whole body without one. */
  readonly detail: unknown
  /** Problems of the request after a 422, otherwise empty. */
  readonly issues: readonly ApiIssue[]
  /** The response. Its body has been read. */
  readonly response: Response

  /** @param body Body of the response, parsed if it is JSON. */
  constructor (response: Response, body: unknown) {
    const { detail = body, errors }: { detail?: unknown, errors?: unknown } = Object(body)
    const issues = [detail, errors].find(isIssues) ?? []
    const told = issues.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`)
    super([`${response.status} ${response.statusText}`.trim(), ...told.length > 0 ? [told.join('; ')] : typeof detail === 'string' ? [detail] : []].join(': '))
    this.name = 'ApiError'
    this.status = response.status
    this.detail = detail
    this.issues = issues
    this.response = response
  }
}

function isIssues (value: unknown): value is ApiIssue[] {
  return Array.isArray(value) && value.length > 0 && value.every(issue => Array.isArray(Object(issue).loc) && typeof issue.msg === 'string')
}
