// Why a request is refused: the slugs, statuses and words of Usher's own API, and two that only a verifier has.

const invalidToken = 'invalid_token' // RFC 6750 section 3.1
const stepUp = 'insufficient_user_authentication' // RFC 9470 section 3

const known = {
  token_missing: [401, 'Token missing', 'Send an access token as Authorization: Bearer.', ''],
  authorization_malformed: [
    401,
    'Authorization header malformed',
    'The Authorization header must be "Bearer", one space and one token.',
    'invalid_request',
  ],
  token_malformed: [422, 'Token malformed', 'This is not a token of this service.', invalidToken],
  token_signature_invalid: [
    422,
    'Signature verification failed',
    'The token was not signed by a key of this service.',
    invalidToken,
  ],
  token_wrong_type: [
    422,
    'Wrong type of token',
    'Use an access token here, or a refresh token where one is asked for.',
    invalidToken,
  ],
  token_claims_invalid: [
    422,
    'Claims invalid',
    'The token lacks a claim or holds one that is not for this service.',
    invalidToken,
  ],
  token_expired: [401, 'Token has expired', 'Refresh the token or log in again.', invalidToken],
  token_not_yet_valid: [401, 'Token not yet valid', 'Check the clocks of both sides.', invalidToken],
  token_revoked: [
    401,
    'Token has been revoked',
    'The account has changed since this token was issued; refresh it or log in again.',
    invalidToken,
  ],
  token_not_fresh: [401, 'Fresh token required', 'Log in again to do this.', stepUp],
  authentication_too_old: [
    401,
    'Login too long ago',
    'The password was last shown too long ago for this; show it again.',
    stepUp,
  ],
  admin_only: [403, 'Administrators only', 'Only an administrator may do this.'],
  revocations_stale: [
    503,
    'Revocations unknown',
    'This service cannot tell now which tokens were revoked; try again shortly.',
  ],
  keys_unavailable: [
    503,
    'Keys unavailable',
    'This service cannot get the keys to check tokens with; try again shortly.',
  ],
}

/** A request that is not let through: an expected no, never a fault. */
export class Refusal extends Error {
  /**
   * @param {string} slug
   * @param {{ maxAge?: number }} [asked] the age that was asked for, where that is what failed
   */
  constructor(slug, { maxAge = 0 } = {}) {
    const [status, title, detail, challenge] = known[slug]
    super(`${title} (${slug})`)
    this.name = 'Refusal'
    this.status = status
    this.error = slug
    this.title = title
    this.detail = detail
    this.headers = headersOf(status, detail, challenge, maxAge)
  }

  /** The members of Usher's own answers (RFC 9457), as an object. */
  problem(requestId) {
    const { status, title, detail, error } = this
    return {
      type: `urn:usher:problem:${error}`,
      title,
      status,
      detail,
      instance: `urn:request:${requestId}`,
      error,
      code: status,
      message: title,
      errors: detail,
    }
  }
}

function headersOf(status, detail, challenge, maxAge) {
  if (status === 503) return { 'Retry-After': '1' }
  if (challenge === undefined) return {}
  if (challenge === '') return { 'WWW-Authenticate': 'Bearer' }
  const description = detail.replaceAll('"', '')
  const age = challenge === stepUp ? `, max_age="${maxAge}"` : ''
  return { 'WWW-Authenticate': `Bearer error="${challenge}", error_description="${description}"${age}` }
}
