/**
 * The model server as a process of its own: `node serve.ts --port 4000 --latency 50`. Prints `{"url": …}` when it is
 * ready, and its counts when it is told to stop (SIGTERM or SIGINT).
 */
import { realpathSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { type ModelFault, mixed, modelFaultNames } from "./ModelFaults.ts"
import { type ModelScript, startModelServer } from "./ModelServer.ts"

const usage = `model server: speaks the chat APIs of OpenAI and Anthropic on 127.0.0.1
  --port N           0 (the default) takes a free one
  --latency MS       before each reply; MS or FROM-TO
  --faults NAMES     fault names joined by commas, or "all"
  --share P          share of requests with a fault, 0.1 unless given
  --seed TEXT        of faults and latency
  --limit N          requests per second
  --concurrent N     requests at once
  --no-retry-after   refusals do not say when to come back
  --key KEY          the only key that is let in
faults: ${modelFaultNames.join(" ")}
`

/** The script that the arguments ask for; throws an `Error` of one sentence where they make no sense. */
export const scriptOf = (argv: ReadonlyArray<string>): { readonly port: number; readonly script: ModelScript } => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: "string", default: "0" },
      latency: { type: "string", default: "0" },
      faults: { type: "string", default: "" },
      share: { type: "string", default: "0.1" },
      seed: { type: "string", default: "model server" },
      limit: { type: "string" },
      concurrent: { type: "string" },
      "no-retry-after": { type: "boolean", default: false },
      key: { type: "string" }
    }
  })
  const number = (name: string, text: string): number => {
    const value = Number(text)
    if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
      throw new Error(`--${name} ${JSON.stringify(text)} is not a number of 0 or more`)
    }
    return value
  }
  const [from, to] = values.latency.split("-").map((text) => number("latency", text))
  const names = values.faults === "all" ? undefined : values.faults.split(",").filter((name) => name !== "")
  const unknown = names?.find((name) => !modelFaultNames.includes(name as ModelFault))
  if (unknown !== undefined) throw new Error(`no fault is named ${JSON.stringify(unknown)}; see --help`)
  const share = number("share", values.share)
  return {
    port: number("port", values.port),
    script: {
      latencyMs: to === undefined ? from! : { from: from!, to, seed: values.seed },
      ...(names?.length === 0
        ? {}
        : { fault: mixed(values.seed, share, names as ReadonlyArray<ModelFault> | undefined) }),
      ...(values.limit === undefined && values.concurrent === undefined
        ? {}
        : {
            limit: {
              ...(values.limit === undefined ? {} : { perSecond: number("limit", values.limit) }),
              ...(values.concurrent === undefined ? {} : { concurrent: number("concurrent", values.concurrent) }),
              retryAfter: !values["no-retry-after"]
            }
          }),
      ...(values.key === undefined ? {} : { key: values.key })
    }
  }
}

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2)
  if (argv.includes("--help")) {
    process.stdout.write(usage)
    return
  }
  const server = await startModelServer(scriptOf(argv))
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
  const stop = async () => {
    process.stdout.write(`${JSON.stringify(server.counts())}\n`)
    await server.close()
  }
  process.once("SIGTERM", stop)
  process.once("SIGINT", stop)
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${(error instanceof Error ? error.message : String(error)).split("\n")[0]}\n`)
    process.exitCode = 2
  })
}
