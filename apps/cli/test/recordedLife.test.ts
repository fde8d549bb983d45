/** An exam reads the life of a subject from the case files where its backend knows nothing of it. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
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
