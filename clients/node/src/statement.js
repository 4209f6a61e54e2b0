// A statement of the feed: signed like an access token, but of another type, so that neither passes for the other.
import { bytesOf, cut, headerOf, objectOf } from './jws.js'

const TYP = 'revocations+jwt'
const AUDIENCE = 'revocations'

const isWhole = (value) => Number.isSafeInteger(value) && value >= 0
const isText = (value) => typeof value === 'string'

/**
 * What a statement says; undefined when it is not one of this service: nothing of it counts then.
 * @param {string} text
 * @param {{ find(kid: string | undefined): Promise<import('./key.js').Key | undefined> }} keys
 * @param {string} issuer
 */
export async function readStatement(text, keys, issuer) {
  const parts = cut(text.trim())
  const header = parts && headerOf(parts.header)
  if (header === undefined || header.typ !== TYP) return undefined
  const key = await keys.find(header.kid)
  const signature = bytesOf(parts.signature)
  // The payload may be 64 MiB: it is hashed only for a key of ours, in another thread, and read only when that key
  // signed it.
  if (key === undefined || header.alg !== key.alg || signature?.length !== key.signatureBytes) return undefined
  if (!(await key.isSignedAside(Buffer.from(parts.signed, 'latin1'), signature))) return undefined
  const claims = objectOf(bytesOf(parts.payload))
  return claims !== undefined && isFrom(claims, issuer) && isComplete(claims) ? claims : undefined
}

function isFrom(claims, issuer) {
  return claims.iss === issuer && claims.aud === AUDIENCE && claims.type === AUDIENCE
}

function isComplete({ iat, exp, seq, from, keep, sessions, users }) {
  if (![iat, seq, from, keep].every(isWhole) || from > seq) return false
  if (exp !== undefined && !isWhole(exp)) return false // says nothing else: a statement is as old as its `iat`
  if (!Array.isArray(sessions) || !sessions.every(isText)) return false
  return typeof users === 'object' && users !== null && !Array.isArray(users) && Object.values(users).every(isWhole)
}
