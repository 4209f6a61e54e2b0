import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Claims, RouteDemand, Settings, Verifier } from './index.js'

/** Middleware of Express, Connect and the like. */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => Promise<void>

export interface Guards {
  /** Close it when the server stops. */
  verifier: Verifier
  requireToken(wanted?: RouteDemand): Middleware
}

/** Takes settings, or a verifier that is there already. */
export function usher(settings: Settings | Verifier): Guards

declare global {
  namespace Express {
    interface Request {
      /** Set by `requireToken`; null where an optional token was not there. */
      auth?: Claims | null
    }
  }
}
