/**
 * Every error that this product can answer: one row a code.
 * `detail` is what a caller may read; it never carries anything from inside.
 */
export const problemCodes = {
  'bad-request': { status: 400, title: 'Bad request', detail: 'The request could not be understood.' },
  'malformed-json': { status: 400, title: 'Malformed JSON', detail: 'The body is not valid JSON.' },
  'json-too-deep': { status: 400, title: 'JSON too deep', detail: 'The body is nested deeper than 32 levels.' },
  'json-too-wide': { status: 400, title: 'JSON object too wide', detail: 'An object of the body has too many keys.' },
  'json-forbidden-key': {
    status: 400,
    title: 'Forbidden JSON key',
    detail: 'The keys __proto__, constructor and prototype are not taken.',
  },
  'invalid-token': {
    status: 401,
    title: 'Invalid token',
    detail: 'A valid bearer token is needed: log in or refresh, then try again.',
  },
  'invalid-credentials': { status: 401, title: 'Invalid credentials', detail: 'The e-mail or the password is wrong.' },
  'invalid-enrollment-token': {
    status: 401,
    title: 'Invalid enrollment token',
    detail: 'The enrollment token is unknown, expired, revoked or used up: ask for a new one.',
  },
  'invalid-refresh-token': {
    status: 401,
    title: 'Invalid refresh token',
    detail: 'The refresh token is unknown, spent or expired: log in again.',
  },
  'invalid-one-time-token': {
    status: 401,
    title: 'Invalid one-time token',
    detail: 'The token is unknown, used, expired or replaced by a newer one: ask for a new one.',
  },
  forbidden: { status: 403, title: 'Forbidden', detail: 'Your role does not allow this.' },
  'insufficient-scope': {
    status: 403,
    title: 'Insufficient scope',
    detail: 'This API key has no scope that opens this operation: see x-api-key-scope of the API document.',
  },
  'route-not-found': { status: 404, title: 'Not found', detail: 'There is no such path.' },
  'diagnostic-not-found': { status: 404, title: 'Diagnostic not found', detail: 'There is no such diagnostic.' },
  'user-not-found': { status: 404, title: 'User not found', detail: 'There is no such user.' },
  'device-not-found': { status: 404, title: 'Device not found', detail: 'There is no such device.' },
  'customer-not-found': { status: 404, title: 'Customer not found', detail: 'There is no such customer.' },
  'site-not-found': { status: 404, title: 'Site not found', detail: 'There is no such site.' },
  'finding-not-found': { status: 404, title: 'Finding not found', detail: 'There is no such finding.' },
  'anomaly-not-found': { status: 404, title: 'Anomaly not found', detail: 'There is no such anomaly.' },
  'recommendation-not-found': {
    status: 404,
    title: 'Recommendation not found',
    detail: 'There is no such recommendation now.',
  },
  'threshold-not-found': { status: 404, title: 'Threshold not found', detail: 'There is no such threshold.' },
  'maintenance-window-not-found': {
    status: 404,
    title: 'Maintenance window not found',
    detail: 'There is no such maintenance window.',
  },
  'enrollment-token-not-found': {
    status: 404,
    title: 'Enrollment token not found',
    detail: 'There is no such enrollment token.',
  },
  'api-key-not-found': { status: 404, title: 'API key not found', detail: 'There is no such API key.' },
  'tenant-not-found': { status: 404, title: 'Tenant not found', detail: 'There is no such tenant.' },
  'audit-event-not-found': { status: 404, title: 'Audit event not found', detail: 'There is no such audit event.' },
  'session-not-found': { status: 404, title: 'Session not found', detail: 'There is no such session.' },
  'pool-node-not-found': { status: 404, title: 'Pool node not found', detail: 'There is no such database node.' },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This path does not take that method: see the Allow header.',
  },
  'not-acceptable': {
    status: 406,
    title: 'Not acceptable',
    detail: 'This path cannot answer in a media type that the Accept header names.',
  },
  'request-timeout': { status: 408, title: 'Request timeout', detail: 'The request did not arrive in time.' },
  'idempotency-key-in-use': {
    status: 409,
    title: 'Idempotency key in use',
    detail: 'A request with this Idempotency-Key is still running: try again shortly.',
  },
  'audit-event-not-sealed': {
    status: 409,
    title: 'Audit event not sealed',
    detail: 'This audit event waits for its seal, which takes about a second: try again shortly.',
  },
  'diagnostic-not-open': {
    status: 409,
    title: 'Diagnostic not open',
    detail: 'This diagnostic is not waiting for evidence: it has been received, cancelled or has expired.',
  },
  'diagnostic-without-evidence': {
    status: 409,
    title: 'Diagnostic without evidence',
    detail: 'This diagnostic has not been received: there is nothing to judge.',
  },
  'finding-not-active': {
    status: 409,
    title: 'Finding not active',
    detail: 'This finding is resolved: there is nothing to acknowledge.',
  },
  'threshold-exists': {
    status: 409,
    title: 'Threshold exists',
    detail: 'This check already has an override there: change that one.',
  },
  'device-exists': {
    status: 409,
    title: 'Device exists',
    detail: 'A device of yours already has this serial number, uuid or host name: search for it.',
  },
  'user-exists': {
    status: 409,
    title: 'User exists',
    detail: 'This e-mail address cannot be taken: it belongs to an account already. Use another one.',
  },
  'user-not-invited': {
    status: 409,
    title: 'User not invited',
    detail: 'This user has a password already, or is disabled: there is nobody to invite.',
  },
  'last-admin': {
    status: 409,
    title: 'Last admin',
    detail: 'This is the last admin who can log in: make another one first.',
  },
  'customer-in-use': {
    status: 409,
    title: 'Customer in use',
    detail: 'The customer still has sites: move or delete them first.',
  },
  'site-in-use': { status: 409, title: 'Site in use', detail: 'The site still has devices: move them first.' },
  'too-many-api-keys': {
    status: 409,
    title: 'Too many API keys',
    detail: 'The tenant has 1000 living API keys: revoke those that nobody uses.',
  },
  'tenant-not-suspendable': {
    status: 409,
    title: 'Tenant not suspendable',
    detail: 'The tenant of the installation itself is never suspended.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Precondition failed',
    detail: 'It was changed since you read it: read it again and send its new ETag in If-Match.',
  },
  'payload-too-large': { status: 413, title: 'Payload too large', detail: 'The body is larger than this path takes.' },
  'uri-too-long': { status: 414, title: 'URI too long', detail: 'The path or the query is too long.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send application/json, plain or with Content-Encoding: gzip.',
  },
  'expectation-failed': {
    status: 417,
    title: 'Expectation failed',
    detail: 'The only expectation that is met is 100-continue.',
  },
  'validation-failed': {
    status: 422,
    title: 'Validation failed',
    detail: 'The request has faults: see errors, one pointer each.',
  },
  'ambiguous-input': {
    status: 422,
    title: 'Ambiguous input',
    detail: 'Send the data in the request or name what is stored, exactly one of them.',
  },
  'insufficient-data': {
    status: 422,
    title: 'Insufficient data',
    detail: 'There is too little to say anything: see required and got.',
  },
  'too-many-missing': {
    status: 422,
    title: 'Too many missing values',
    detail: 'More than a fifth of the values are missing: what would be said would be about what was filled in.',
  },
  'invalid-state': {
    status: 422,
    title: 'Invalid state',
    detail: 'The state is not one that this service gave for this kind of series: start again without it.',
  },
  'invalid-cursor': {
    status: 422,
    title: 'Invalid cursor',
    detail: 'The cursor is not one that this list gave: start again without it.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency key reused',
    detail: 'This Idempotency-Key was used with another body: take a new key.',
  },
  'rate-limited': {
    status: 429,
    title: 'Rate limited',
    detail: 'Too many requests: try again after the time in Retry-After.',
  },
  'too-many-event-streams': {
    status: 429,
    title: 'Too many event streams',
    detail: 'You or your tenant have as many streams of events open as there may be: close one.',
  },
  'headers-too-large': { status: 431, title: 'Headers too large', detail: 'The request headers are too large.' },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here. It was recorded under the request id.',
  },
  'service-unavailable': {
    status: 503,
    title: 'Service unavailable',
    detail: 'A part of the service is down: try again.',
  },
  'computation-too-long': {
    status: 503,
    title: 'Computation too long',
    detail: 'The computation was given up after two seconds: send fewer rows, or ask for less at a time.',
  },
  overloaded: { status: 503, title: 'Overloaded', detail: 'Too much is under way: try again shortly.' },
  'outcome-unknown': {
    status: 503,
    title: 'Outcome unknown',
    detail: 'The work was interrupted and may or may not have been done: look before you try again.',
  },
  'pool-exhausted': {
    status: 503,
    title: 'Pool exhausted',
    detail: 'No database connection came free in time: try again.',
  },
  'circuit-breaker-open': {
    status: 503,
    title: 'Circuit breaker open',
    detail: 'The database node is being rested after failures: try again.',
  },
  'deadline-exceeded': { status: 504, title: 'Deadline exceeded', detail: 'The work did not finish in time.' },
} as const satisfies Record<string, { status: number; title: string; detail: string }>;

/** A stable name of an error, the last part of `urn:techze:problem:<code>`. */
export type ProblemCode = keyof typeof problemCodes;
