/** The model server as a process of its own: `node modelServer.ts LATENCY_MS` prints its address. */
import { startModelServer } from "@model-intake/testkit"

const server = await startModelServer({ script: { latencyMs: Number(process.argv[2] ?? 0) } })
console.log(server.url)
process.on("disconnect", () => process.exit())
