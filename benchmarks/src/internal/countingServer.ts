/** The model server as a process of its own that tells its parent what was asked: `node countingServer.ts LATENCY_MS`. */
import { createHash } from "node:crypto"
import { defaultAnswer, startModelServer } from "@model-intake/testkit"

const seen = new Set<string>()
const server = await startModelServer({
  script: {
    latencyMs: Number(process.argv[2] ?? 0),
    answer: (call) => {
      seen.add(createHash("sha256").update(JSON.stringify(call.body)).digest("hex"))
      return defaultAnswer(call)
    }
  }
})
process.send!(server.url)
process.on("message", () => {
  const { abandoned, answered, requests } = server.counts()
  process.send!({ requests, distinct: seen.size, open: requests - answered - abandoned })
})
process.on("disconnect", () => process.exit())
