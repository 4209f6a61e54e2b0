export { Refusal } from './refusals.js'
export { RevocationSet } from './revocation-set.js'
export { Verifier } from './verifier.js'
