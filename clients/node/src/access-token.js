// An access token (RFC 9068): what it must be and say, whenever it is looked at.
import { bytesOf, cut, headerOf, objectOf } from './jws.js'
import { Refusal } from './refusals.js'

const BYTES_MAX = 8 * 1024
const TYP = 'at+jwt'
/** 9999-12-31T23:59:59Z: anything later is a mistake. */
const EPOCH_MAX = 253_402_300_799

const isText = (value) => typeof value === 'string' && value !== ''
const isWhole = (value) => Number.isSafeInteger(value) && value >= 0
const isMoment = (value) => isWhole(value) && value <= EPOCH_MAX
const isSubject = (value) => typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value)
/** Two names for one user must not be two users. */
const isUserId = (value, sub) => value === undefined || (Number.isSafeInteger(value) && value === Number(sub))
const isFreshness = (value) => typeof value === 'boolean' || isMoment(value)
const isMaybeMoment = (value) => value === undefined || isMoment(value)
const isMaybeTexts = (value) =>
  value === undefined || (Array.isArray(value) && value.every((entry) => typeof entry === 'string'))

/** Whether the claims are there that a service may rely on, and are what docs/tokens.md says. */
function areWhole({ jti, sub, user_id, sid, gen, role, fresh, iat, exp, nbf, auth_time, amr }) {
  const areIds = isText(jti) && isSubject(sub) && isUserId(user_id, sub) && isText(sid) && isWhole(gen)
  const areTimes = isMoment(iat) && isMoment(exp) && isMaybeMoment(nbf) && isMaybeMoment(auth_time)
  return areIds && areTimes && isText(role) && isFreshness(fresh) && isMaybeTexts(amr)
}

/** Reads tokens, in two steps with the look for the key between them. */
export class TokenReader {
  #issuer
  #audience
  #lastHeader = new LastHeader()

  constructor({ issuer, audience }) {
    this.#issuer = issuer
    this.#audience = audience
  }

  /**
   * The parts of a token that may be one of ours; nothing in it is to be believed yet. Throws a Refusal.
   * @param {unknown} token
   */
  open(token) {
    const parts = typeof token === 'string' && token.length <= BYTES_MAX ? cut(token) : undefined
    if (parts === undefined) throw new Refusal('token_malformed')
    const header = this.#lastHeader.read(parts.header)
    const payload = bytesOf(parts.payload)
    const signature = bytesOf(parts.signature)
    if (header === undefined || payload === undefined || signature === undefined) throw new Refusal('token_malformed')
    if (header.typ !== TYP) throw new Refusal('token_wrong_type')
    return { header, payload, signature, signed: parts.signed, headerText: parts.header }
  }

  /**
   * The claims, frozen, of a token that the key signed, is an access token, and is for us. Times, freshness and
   * revocation are not looked at. Throws a Refusal.
   * @param {import('./key.js').Key | undefined} key the one that the header names
   */
  claimsOf({ header, payload, signature, signed, headerText }, key) {
    if (key === undefined || header.alg !== key.alg || !key.isSigned(Buffer.from(signed, 'latin1'), signature)) {
      throw new Refusal('token_signature_invalid')
    }
    this.#lastHeader.note(headerText, header)
    return this.#checked(payload)
  }

  #checked(payload) {
    const claims = objectOf(payload)
    if (claims === undefined) throw new Refusal('token_malformed')
    if (typeof claims.type === 'string' && claims.type !== 'access') throw new Refusal('token_wrong_type')
    const isGood = claims.type === 'access' && claims.iss === this.#issuer && this.#isForUs(claims.aud)
    if (!isGood || !areWhole(claims)) throw new Refusal('token_claims_invalid')
    return frozen(claims)
  }

  /** RFC 7519 section 4.1.3: a token with an audience is for nobody else. */
  #isForUs(aud) {
    if (this.#audience === undefined) return aud === undefined
    return Array.isArray(aud) ? aud.includes(this.#audience) : aud === this.#audience
  }
}

/** All of it: the claims that are remembered are handed to everybody who shows the token. */
function frozen(claims) {
  const open = [claims]
  for (const value of open) {
    Object.freeze(value)
    for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) open.push(inner)
  }
  return claims
}

/** The header that the last good token had: all tokens signed with one key have the same, to the letter. */
class LastHeader {
  #text
  #header

  read(text) {
    return text === this.#text ? this.#header : headerOf(text)
  }

  note(text, header) {
    this.#text = text
    this.#header = header
  }
}

/**
 * What has to be asked each time a token is shown, since it changes with time and with what others do.
 * @param {any} claims
 * @param {{ fresh?: boolean, maxAge?: number, role?: string }} wanted
 * @param {{ set?: import('./revocation-set.js').RevocationSet, clock: { wall(): number }, leeway: number }} now
 */
export function judge(claims, wanted, { set, clock, leeway }) {
  const wall = clock.wall()
  const latest = set === undefined ? wall : Math.max(wall, set.serviceTime())
  if (latest >= claims.exp + leeway) throw new Refusal('token_expired')
  if (Math.max(claims.iat, claims.nbf ?? 0) > wall + leeway) throw new Refusal('token_not_yet_valid')
  if (wanted.fresh && claims.fresh !== true && !(claims.fresh > latest)) throw new Refusal('token_not_fresh')
  if (wanted.maxAge !== undefined && !(latest - claims.auth_time <= wanted.maxAge)) {
    throw new Refusal('authentication_too_old', { maxAge: wanted.maxAge })
  }
  if (set !== undefined) {
    // The feed would forget its session before it expires; it is from before access_ttl was lowered.
    if (claims.exp - claims.iat > set.keep || set.isRevoked(claims)) throw new Refusal('token_revoked')
    if (set.isStale()) throw new Refusal('revocations_stale')
  }
  if (wanted.role !== undefined && claims.role !== wanted.role) throw new Refusal('admin_only')
}
