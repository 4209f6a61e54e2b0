import type { KeyObject } from 'node:crypto'

/** What an access token of Usher says (docs/tokens.md). */
export interface Claims {
  readonly iss: string
  readonly sub: string
  readonly aud?: string | readonly string[]
  readonly iat: number
  readonly nbf?: number
  readonly exp: number
  readonly jti: string
  readonly type: 'access'
  /** True, false, or the second until which it is. */
  readonly fresh: boolean | number
  /** The session. */
  readonly sid: string
  /** The user's generation. */
  readonly gen: number
  /** `sub` as a number, where it is said at all. */
  readonly user_id?: number
  /** `USER` or `ADMIN`, as of the signing. */
  readonly role: string
  /** When the password was last shown. */
  readonly auth_time?: number
  readonly amr?: readonly string[]
  readonly [claim: string]: unknown
}

/** What is wanted of a token beyond being good. */
export interface Demand {
  /** The token of a login, not of a refresh. */
  fresh?: boolean
  /** Seconds since the password was last shown, at most. */
  maxAge?: number
  /** Exactly this role. */
  role?: 'USER' | 'ADMIN'
}

/** What a route wants of a request. */
export interface RouteDemand extends Demand {
  /** A request without a token passes; one with a bad token does not. */
  optional?: boolean
}

export interface JsonWebKey {
  kty: string
  [member: string]: unknown
}

export interface Jwks {
  keys: readonly object[]
}

/** Times are in seconds. */
export interface Settings {
  /** Where Usher is, without `/api`. Needed, but with `keys` and `maxStale: null`. */
  url?: string | URL
  /** `iss` of the tokens; "usher". */
  issuer?: string
  /** `aud` of the tokens; none: a token that has one is refused. */
  audience?: string
  /** How far the clocks may be apart; 30, and 60 at most. */
  leeway?: number
  /** How old the revocations may be before requests are answered 503; 60. null: tokens are good until they expire. */
  maxStale?: number | null
  /** Follow the feed's stream; true. Otherwise it is asked every `pollEvery`. */
  stream?: boolean
  /** How often to ask while there is no stream; 1. */
  pollEvery?: number
  /** Verified tokens remembered; 10,000. */
  cacheSize?: number
  /**
   * Instead of fetching: a JWKS or JWK, as an object or JSON; a public key in PEM or DER; or the secret of HS256 as
   * bytes or in base64url. What is public is never taken for a secret.
   */
  keys?: Jwks | JsonWebKey | string | KeyObject | Uint8Array
  /** For a feed that is not open to everybody; sent with nothing else. */
  clientId?: string
  clientSecret?: string
  /** How long the first verification waits for keys and revocations; 2. */
  startWait?: number
  /** How long a request to Usher may take; 5. */
  httpTimeout?: number
  /** For tests: another idea of the time. */
  clock?: Clock
}

/** Both in seconds; `steady` only ever grows. */
export interface Clock {
  wall(): number
  steady(): number
}

export interface Status {
  /** The number of the newest revocation up to which all are known. */
  have: number
  /** `iat` of the statement that last made the set current. */
  heard: number | null
  /** Seconds since then. */
  age: number | null
  /** Sessions and users remembered. */
  entries: number
  streaming: boolean
  /** Statements that the service had not signed. */
  refusedStatements: number
  /** What is wrong with the feed, if anything is. */
  lastError: string | null
}

/** Checks access tokens. One for a whole process. */
export class Verifier {
  constructor(settings: Settings)
  /** Resolves when keys and revocations are there, or after `startWait`; never rejects. `verify` does it too. */
  start(): Promise<void>
  /** The claims, frozen. Rejects with a Refusal. */
  verify(token: string | null | undefined, wanted?: Demand): Promise<Claims>
  status(): Status
  /** Stops following the feed; nothing can be verified afterwards. */
  close(): void
}

export type Slug =
  | 'token_missing'
  | 'authorization_malformed'
  | 'token_malformed'
  | 'token_signature_invalid'
  | 'token_wrong_type'
  | 'token_claims_invalid'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_revoked'
  | 'token_not_fresh'
  | 'authentication_too_old'
  | 'admin_only'
  | 'revocations_stale'
  | 'keys_unavailable'

/** Why a token is not let through; the slugs and statuses are those of Usher's own API. */
export class Refusal extends Error {
  constructor(slug: Slug, asked?: { maxAge?: number })
  readonly status: 401 | 403 | 422 | 503
  readonly error: Slug
  readonly title: string
  readonly detail: string
  /** WWW-Authenticate or Retry-After, where one is due. */
  readonly headers: Readonly<Record<string, string>>
  /** The body of Usher's own answers (RFC 9457). */
  problem(requestId: string): Record<string, string | number>
}

/** A statement of the feed, its signature found good (docs/revocations.md). */
export interface Statement {
  iat: number
  seq: number
  from: number
  keep: number
  sessions: readonly string[]
  users: Readonly<Record<string, number>>
}

/** What the feed has said; no I/O. A Verifier has one of its own. */
export class RevocationSet {
  constructor(options: { clock: Clock; leeway?: number; maxStale?: number | null })
  readonly have: number
  readonly heard: number | null
  readonly keep: number
  readonly entries: number
  readonly isBehind: boolean
  readonly wantsWhole: boolean
  add(statement: Statement): void
  isRevoked(claims: { sid: string; sub: string; gen: number }): boolean
  age(): number
  isStale(): boolean
  serviceTime(): number
}
