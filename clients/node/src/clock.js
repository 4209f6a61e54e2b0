// Two clocks, both in seconds: the wall's, by which tokens are dated, and one that nobody can set.
import { performance } from 'node:perf_hooks'

export const systemClock = Object.freeze({
  wall: () => Date.now() / 1000,
  steady: () => performance.now() / 1000,
})
