// The cases that all three libraries share.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { RevocationSet } from 'usher-verify'

const start = 1_800_000_000
const { cases } = JSON.parse(await readFile(new URL('../../feed-cases.json', import.meta.url), 'utf8'))

function wantedBy(set) {
  if (set.wantsWhole) return 'whole'
  return set.isBehind ? 'since' : 'nothing'
}

describe('the rules of the feed', () => {
  for (const { name, steps } of cases) {
    it(name, () => {
      let at = 0
      const set = new RevocationSet({ clock: { wall: () => start + at, steady: () => 1000 + at } })
      for (const step of steps) {
        at = step.at
        const { seq, from, iat } = step
        set.add({ iat: start + iat, seq, from, keep: 990, sessions: [], users: {} })
        const age = step.age ?? Infinity
        assert.deepEqual([set.have, wantedBy(set), set.age()], [step.have, step.wanted, age], JSON.stringify(step))
      }
    })
  }
})
