// Claims of tokens whose signature was found good. Two generations: what was used lately is in the young one; when
// that is full, the old one is thrown away and the young one grows old.

export class TokenCache {
  #half
  #young = new Map()
  #old = new Map()

  /** @param {number} size tokens remembered at most */
  constructor(size) {
    this.#half = Math.floor(size / 2)
  }

  get(token) {
    const young = this.#young.get(token)
    if (young !== undefined) return young
    const old = this.#old.get(token)
    if (old !== undefined) this.put(token, old)
    return old
  }

  put(token, claims) {
    if (this.#half === 0) return
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(token, claims)
  }

  clear() {
    this.#young.clear()
    this.#old.clear()
  }
}
