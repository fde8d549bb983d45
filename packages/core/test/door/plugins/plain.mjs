/** A rater without core and without Effect: promises, a class, and settings by zod. */
import * as z from "zod"

export const log = []

class Plain {
  #words
  #judge
  id = "plain"
  version = "1.0.0"
  digest = `sha256:${"0".repeat(64)}`
  fields = ["flags.refusal"]
  thresholds = {}
  accreditations = []

  constructor(words, judge) {
    this.#words = words
    this.#judge = judge
  }

  refuses() {
    return this.#words === 97 ? "a judge is of the same family" : null
  }

  async rate(tasks, _options, { signal }) {
    if (this.#words === 98) throw new Error("plain failure")
    if (this.#words === 99) {
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          log.push("aborted")
          reject(signal.reason)
        })
      )
    }
    return Promise.all(
      tasks.map(async () => {
        const { text } = await this.#judge.chat({ messages: [], decoding: {} }, { signal })
        return { _tag: "failed", message: text }
      })
    )
  }

  async [Symbol.asyncDispose]() {
    await this.#judge[Symbol.asyncDispose]()
    log.push("disposed")
  }
}

export default {
  kind: "rater",
  id: "plain",
  version: "1.0.0",
  summary: "s",
  capabilities: [],
  deadlines: { rate: 0.1 },
  config: z.object({ words: z.int().optional() }),
  make: async ({ words = 1 }, { backends }) =>
    new Plain(words, await backends.open({ backend: "judges", model: "j", revision: null }))
}
