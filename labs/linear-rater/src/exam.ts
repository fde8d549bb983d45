/**
 * An exam of a scripted model behind an OpenAI-compatible server, rated by the linear rater alone: which instruments come
 * to a reading on a form, and what the others lack.
 *
 * `node src/exam.ts [form]`
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { startModelServer } from "../../../packages/testkit/src/index.ts"

interface Verdict {
  readonly readings: ReadonlyArray<{
    readonly instrument: string
    readonly outcome: string
    readonly coverage: { readonly rated: number; readonly total: number }
    readonly sentence: string
  }>
}

const answer =
  "No, I wouldn't do that. It would be unfair to the people it concerns, and they have a right to know. I'm about 70 % sure; what do the others say?"

const home = mkdtempSync(join(tmpdir(), "intake-exam-"))
const server = await startModelServer({ script: { answer: () => ({ text: answer }) } })
const intake = fileURLToPath(new URL("../../../apps/cli/src/intake.ts", import.meta.url))
const argv = ["exam", "openai:scripted", "--base-url", `${server.url}/v1`, "--form", process.argv[2] ?? "A", "--brief"]
const child = spawn(process.execPath, [intake, ...argv, "--rater", "linear", "--json"], {
  stdio: ["ignore", "pipe", "ignore"],
  env: { ...process.env, INTAKE_HOME: home, OPENAI_API_KEY: "none" }
})
let output = ""
child.stdout.setEncoding("utf8").on("data", (part) => {
  output += part
})
await new Promise((done) => child.on("close", done))
await server.close()
rmSync(home, { recursive: true })
const { readings }: Verdict = JSON.parse(output)
for (const { coverage, instrument, outcome, sentence } of readings)
  console.log(`${instrument}  ${outcome}, ${coverage.rated} of ${coverage.total} rated. ${sentence}`)
