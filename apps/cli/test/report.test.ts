/** Reports of a verdict that an exam printed, by the shipped bundle. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere } from "./support/Cli.ts"

let directory: string
const intake = (...args: ReadonlyArray<string>) => runHere(args, { directory, environment: { INTAKE_HOME: directory } })

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-report-"))
  const exam = await intake(
    "exam",
    "specimens:narrow-middle",
    "--brief",
    "--instruments",
    "M4",
    "--reference",
    "none",
    "--json"
  )
  await writeFile(join(directory, "verdict.json"), exam.out)
})
afterAll(() => rm(directory, { recursive: true }))

describe("intake report", () => {
  it("writes one HTML file that loads nothing and says what the verdict says", async () => {
    expect(await intake("report", "verdict.json", "--out", "report.html")).toEqual({ code: 0, out: "", err: "" })
    const html = await readFile(join(directory, "report.html"), "utf8")
    expect(html).toContain("specimens:narrow-middle")
    expect(html).toMatch(/M4 self-justifying reasoning/i)
    expect(html).toContain("No verdict authorises coercive or military use")
    expect(html).not.toMatch(/<script|(src|href)="(https?:)?\/\//)
  })

  it("prints the other formats, text unless asked otherwise", async () => {
    const [text, markdown, junit, json] = await Promise.all([
      intake("report", "verdict.json"),
      intake("report", "verdict.json", "--format", "markdown"),
      intake("report", "verdict.json", "--format", "junit"),
      intake("report", "verdict.json", "--format", "json")
    ])
    expect(text.out).toMatch(/^MODEL INTAKE EXAM: specimens:narrow-middle/)
    expect(markdown.out).toContain("| ")
    expect(junit.out).toMatch(/^<\?xml[\s\S]*<failure/)
    expect(JSON.parse(json.out)).toMatchObject({ subject: { model: "narrow-middle" } })
  })

  it.each([
    [["report", "missing.json"], "missing.json does not exist"],
    [["report", "verdict.json", "--out", "report.pdf"], "does not tell the format"],
    [["report", "verdict.json", "--style", "briefing", "--format", "text"], "a style of HTML"]
  ])("refuses %j in one sentence", async (args, says) => {
    const { code, err, out } = await intake(...args)
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err.trim().split("\n")).toHaveLength(1)
    expect(err).toContain(says)
  })

  it("refuses a verdict that was changed into something else", async () => {
    const verdict = JSON.parse(await readFile(join(directory, "verdict.json"), "utf8")) as Record<string, unknown>
    await writeFile(join(directory, "changed.json"), JSON.stringify({ ...verdict, disposition: "fine" }))
    const { code, err } = await intake("report", "changed.json")
    expect(code).toBe(2)
    expect(err).toContain("changed.json")
  })
})
