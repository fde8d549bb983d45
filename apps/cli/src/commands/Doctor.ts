import { Plugins } from "@model-intake/examination"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { ExitCode } from "../ExitCode.ts"
import { config, configuredPlugins, json, print } from "../Run.ts"
import { printable, safeJson, stylist } from "../Terminal.ts"

interface Finding {
  readonly what: string
  readonly state: "ok" | "absent" | "broken"
  readonly detail: string
}

/** Keys of services that backends use. Only whether they are set is ever told. */
const keys = ["HF_TOKEN", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"]

export const doctorCommand = Command.make(
  "doctor",
  { json, config },
  Effect.fn(function* (options) {
    const findings = [nodeVersion(), yield* database, ...(yield* plugins(options.config)), ...keys.map(key)]
    if (options.json) yield* print(safeJson(findings, 2))
    else {
      const style = stylist(process.stdout)
      const colours = { ok: "green", absent: "dim", broken: "red" } as const
      for (const { what, state, detail } of findings) {
        yield* print(`${style(colours[state], state.padEnd(6))}  ${what.padEnd(24)}  ${printable(detail)}`)
      }
    }
    if (findings.some(({ state }) => state === "broken")) process.exitCode = ExitCode.fault
  })
).pipe(
  Command.withDescription(
    "Check what Model Intake stands on: Node, the database, plugins, and which keys are present."
  ),
  Command.withShortDescription("Check the installation"),
  Command.withExamples([{ command: "intake doctor", description: "Exit code 1 if something is broken" }])
)

const minimumNode: readonly [number, number] = [22, 19]

const nodeVersion = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  const recent = major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])
  return {
    what: "Node",
    state: recent ? "ok" : "broken",
    detail: `${process.version}${recent ? "" : `; at least ${minimumNode.join(".")} is needed`}`
  }
}

/** Opens a database in memory, so that a Node built without SQLite is found out here. */
const database: Effect.Effect<Finding> = Effect.tryPromise(async () => {
  const { DatabaseSync } = await import("node:sqlite")
  const memory = new DatabaseSync(":memory:")
  const row = memory.prepare("select sqlite_version() as version").get()
  memory.close()
  return { what: "Database (node:sqlite)", state: "ok", detail: `SQLite ${String(row?.version)}` } as const
}).pipe(
  Effect.catch((error) =>
    Effect.succeed({ what: "Database (node:sqlite)", state: "broken", detail: String(error.cause) } as const)
  )
)

const plugins = Effect.fnUntraced(function* (file: Parameters<typeof configuredPlugins>[0]) {
  return yield* Effect.gen(function* () {
    const { all, raters } = yield* Plugins
    const started = yield* Effect.result(raters)
    const loaded: Finding = { what: "Plugins", state: "ok", detail: `${all.length} installed` }
    const rating: Finding =
      started._tag === "Success"
        ? {
            what: "Raters",
            state: "ok",
            detail: started.success.map(({ id, version }) => `${id} ${version}`).join(", ")
          }
        : { what: "Raters", state: "broken", detail: started.failure.message }
    return [loaded, rating]
  }).pipe(
    Effect.provide(configuredPlugins(file)),
    Effect.catch((error) => Effect.succeed([{ what: "Plugins", state: "broken", detail: error.message } as const]))
  )
})

const key = (name: string): Finding => {
  const present = (process.env[name] ?? "") !== ""
  return {
    what: name,
    state: present ? "ok" : "absent",
    detail: present ? "present" : "not set; needed only for that service"
  }
}
