import type { Jwks } from './index.js'

/** Signs access tokens for the tests of a service. */
export class TestIssuer {
  constructor()
  /** For a verifier's `keys`; give it `maxStale: null`, since there is no feed. */
  readonly jwks: Jwks
  /** Fresh and good for 15 minutes, unless the claims say otherwise. */
  token(claims?: { user?: number; role?: string; [claim: string]: unknown }): string
}
