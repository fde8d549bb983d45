/** An exam reads the life of a subject from the case files where its backend knows nothing of it. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import type { Verdict } from "@model-intake/core"
import { startModelServer } from "@model-intake/testkit"
import { afterAll, beforeAll, expect, it } from "vitest"
import { runHere } from "./support/Cli.ts"

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "intake-life-"))
})
afterAll(() => rmSync(directory, { recursive: true }))

const intake = (...args: ReadonlyArray<string>) =>
  runHere(args, { directory, environment: { INTAKE_HOME: join(directory, "home"), OPENAI_API_KEY: "sk-test" } })

it("takes the corrections that were recorded of a model behind an API into its next exam", async () => {
  const server = await startModelServer({ script: {} })
  const exam = async (...more: ReadonlyArray<string>) => {
    const { code, err, out } = await intake(
      ...["exam", "openai:m", "--base-url", `${server.url}/v1`, "--brief", "--instruments", "M4", "--json", ...more]
    )
    expect(code, err).toBe(0)
    return JSON.parse(out) as Verdict
  }
  const before = await exam()
  expect(before.digests).not.toHaveProperty("lineage")
  const correction = ["--type", "correction", "--regime", "tuned on refusals", "--result", "uncorrected"]
  const added = await intake("intervention", "add", "openai:m", ...correction, "--who", "ada")
  expect(added.code, added.err).toBe(0)
  const after = await exam()
  expect(after.digests).toHaveProperty("lineage")
  const apart = await exam("--no-record")
  expect(apart.digests).not.toHaveProperty("lineage")
  await server.close()
})

it("prints a verdict that cannot be recorded any more, and then says so", async () => {
  const store = join(directory, "lost.sqlite")
  const server = await startModelServer({ script: { latencyMs: 1 } })
  const examined = intake(
    ...["exam", "openai:m", "--base-url", `${server.url}/v1`, "--brief", "--instruments", "M4", "--json"],
    ...["--store", store]
  )
  while (server.requests.length === 0) await setTimeout(5)
  for (const file of readdirSync(directory).filter((name) => name.startsWith("lost.sqlite"))) {
    writeFileSync(join(directory, file), "this is no database, and it is longer than a header of SQLite")
  }
  const { code, err, out } = await examined
  await server.close()
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({ subject: { backend: "openai", model: "m" } })
  expect(err.trim().split("\n").at(-1)).toMatch(/^intake: The verdict was printed and is not in the case files/)
})
