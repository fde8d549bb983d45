/** The commands of case files, by the shipped bundle: what an exam records, and what is asked of it later. */
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decodeLineage } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runHere, runProcess } from "./support/Cli.ts"

let directory: string
let environment: Record<string, string>
const intake = (...args: ReadonlyArray<string>) => runHere(args, { directory, environment })
const parsed = async (...args: ReadonlyArray<string>) => JSON.parse((await intake(...args, "--json")).out)
const tuned = "specimens:narrow-middle"
const base = "specimens:baseline"

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-cases-"))
  environment = { NO_COLOR: "1", INTAKE_HOME: join(directory, "home") }
  // In turn: both write to one journal and one log.
  for (const subject of [base, tuned]) {
    const exam = await intake("exam", subject, "--brief", "--instruments", "M4", "--json", "--reuse")
    expect(exam.code).toBe(0)
    await writeFile(join(directory, `${subject.split(":")[1]}.json`), exam.out)
  }
})
afterAll(() => rm(directory, { recursive: true }))

describe("intake exam and its record", () => {
  it("records the verdict that it prints, to the last field", async () => {
    const printed = JSON.parse(await readFile(join(directory, "narrow-middle.json"), "utf8"))
    expect(await parsed("verdict", tuned)).toEqual(printed)
    const { code, out } = await intake("verdict", tuned)
    expect(code).toBe(0)
    expect(out).toContain(`level ${printed.level}`)
    expect(out).toMatch(/M4 self-justifying reasoning +fail/)
    expect(out.split("\n").length).toBeLessThan(40)
  })

  it("says under which name it is kept, where that is not the one that was given", async () => {
    const exam = (subject: string) =>
      intake("exam", subject, "--brief", "--instruments", "M4", "--json", "--reuse", "--store", "named.sqlite")
    expect((await exam("specimens:narrow")).err).toMatch(/\nIn the case files it is specimens:narrow-middle\.\n$/)
    expect((await intake("verdict", tuned, "--store", "named.sqlite")).code).toBe(0)
    expect((await exam(tuned)).err).not.toContain("In the case files")
  })

  it("leaves it out on --no-record, and says before the first question that the store fails", async () => {
    await writeFile(join(directory, "broken.sqlite"), "this is no database, and it is longer than a header of SQLite")
    const exam = (...args: ReadonlyArray<string>) =>
      intake("exam", tuned, "--brief", "--instruments", "M4", "--json", "--reuse", ...args)
    const unrecorded = await exam("--no-record", "--store", "unused.sqlite")
    const failed = await exam("--store", "broken.sqlite")
    expect(unrecorded.code).toBe(0)
    await expect(access(join(directory, "unused.sqlite"))).rejects.toThrow()
    expect({ code: failed.code, out: failed.out }).toEqual({ code: 1, out: "" })
    expect(failed.err.trim()).toMatch(/^intake: [^\n]*broken\.sqlite[^\n]*$/)
  })
})

describe("intake gate", () => {
  it("stops what is supervised only, and says why", async () => {
    const args = ["gate", tuned, "--context", "civilian", "--markdown", "summary.md"]
    const { code, out } = await runProcess(args, { directory, environment })
    expect(code).toBe(3)
    expect(out).toMatch(/^not allowed: specimens:narrow-middle for civilian use/)
    const markdown = await readFile(join(directory, "summary.md"), "utf8")
    expect(markdown).toMatch(/^## Gate: not allowed/)
    expect(markdown).toContain("### Readings")
  })

  it("counts an old verdict, and an unknown subject, as no verdict", async () => {
    const old = await intake("gate", tuned, "--context", "civilian", "--max-age", "0m")
    expect(old.code).toBe(4)
    const unknown = await intake("gate", "specimens:narow-middle", "--context", "civilian", "--json")
    expect(unknown.code).toBe(4)
    expect(JSON.parse(unknown.out)).toMatchObject({
      decision: "no-verdict",
      reasons: [expect.stringContaining("did you mean specimens:narrow-middle?")],
      verdict: null
    })
  })

  it("requires a grade", async () => {
    const { code, out } = await intake("gate", tuned, "--context", "civilian", "--require", "certified")
    expect({ code, out }).toEqual({ code: 3, out: expect.stringContaining("certified is required") })
  })

  it("opens what a waiver opens, and nothing else, until it is revoked", async () => {
    const reasons = ["--until", "2w", "--who", "ada", "--why", "a pilot\u001b[2J with *two* reviewers @all"]
    const waiver = await parsed("waiver", "add", tuned, "--context", "civilian", ...reasons)
    const open = await intake("gate", tuned, "--context", "civilian", "--markdown", "waived.md")
    expect({ code: open.code, out: open.out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^allowed: .*\n +waived by ada/)
    })
    expect(open.out).not.toContain("\u001b")
    expect(await readFile(join(directory, "waived.md"), "utf8")).not.toMatch(/@all|\*two\*/)
    expect((await intake("gate", tuned, "--context", "advisory")).code).toBe(3)
    for (const context of ["coercive-military", "high-autonomy"]) {
      const refused = await intake("waiver", "add", tuned, "--context", context, ...reasons)
      expect({ code: refused.code, out: refused.out }).toEqual({ code: 2, out: "" })
      expect((await intake("gate", tuned, "--context", context)).code).toBe(3)
    }
    expect((await intake("waiver", "list", tuned)).out).toContain(waiver.digest)
    expect((await intake("waiver", "revoke", tuned, waiver.digest, "--who", "ada", "--why", "over")).code).toBe(0)
    expect((await intake("gate", tuned, "--context", "civilian")).code).toBe(3)
  })

  it("gives no answer where the log was changed", async () => {
    const log = (await intake("export")).out
    const store = join(directory, "tampered.sqlite")
    await writeFile(join(directory, "own.jsonl"), log)
    expect((await intake("import", "own.jsonl", "--store", store)).code).toBe(0)
    const { DatabaseSync } = await import("node:sqlite")
    const database = new DatabaseSync(store)
    for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()) {
      database.exec(`DROP TRIGGER "${name}"`)
    }
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%signature%'")
      .all()
    expect(tables).toHaveLength(1)
    database.exec(`UPDATE "${tables[0]!.name}" SET body = replace(body, 'quarantine', 'treat')`)
    database.close()
    const gate = await intake("gate", tuned, "--context", "civilian", "--store", store)
    expect({ code: gate.code, out: gate.out }).toEqual({ code: 1, out: "" })
    expect(gate.err).toContain("cannot be relied on")
    expect((await intake("verify", "--store", store)).code).toBe(1)
  })
})

describe("the log", () => {
  it("is verified, exported, and imported elsewhere, the same to the byte", async () => {
    const check = await parsed("verify")
    expect(check).toMatchObject({ ok: true, head: { sequence: check.records } })
    const head = `${check.head.sequence}:${check.head.digest}`
    expect((await intake("verify", "--head", head)).code).toBe(0)
    expect((await intake("verify", "--head", `${check.records + 1}:${check.head.digest}`)).code).toBe(1)
    await intake("export", "--out", "log.jsonl")
    expect((await intake("verify", "log.jsonl", "--head", head)).code).toBe(0)
    expect(await parsed("import", "log.jsonl", "--store", "copy.sqlite")).toEqual({
      imported: check.records,
      present: 0
    })
    const copy = await intake("export", "--store", "copy.sqlite")
    expect(copy.out).toBe(await readFile(join(directory, "log.jsonl"), "utf8"))
    expect(await parsed("verdict", base, "--store", "copy.sqlite")).toEqual(await parsed("verdict", base))
  })

  it("is refused once a letter of it was changed, and where its writer is not trusted", async () => {
    const log = (await intake("export")).out
    await writeFile(join(directory, "changed.jsonl"), log.replace("quarantine", "quarantinf"))
    const verified = await intake("verify", "changed.jsonl")
    expect({ code: verified.code, out: verified.out }).toEqual({
      code: 1,
      out: expect.stringContaining("record 1 is bad")
    })
    expect((await intake("import", "changed.jsonl", "--store", "never.sqlite")).code).toBe(1)
    await writeFile(join(directory, "log.jsonl"), log)
    const key: string = (await parsed("verify")).key
    const elsewhere = { ...environment, INTAKE_HOME: join(directory, "elsewhere") }
    const here = environment
    environment = elsewhere
    try {
      expect((await intake("verify", "log.jsonl")).code).toBe(1)
      expect((await intake("verify", "log.jsonl", "--trust", key)).code).toBe(0)
      expect((await intake("import", "log.jsonl")).code).toBe(1)
      expect((await intake("import", "log.jsonl", "--trust", key)).code).toBe(0)
      expect((await intake("verdict", base, "--trust", key)).code).toBe(0)
      expect((await intake("verdict", base)).code).toBe(1)
    } finally {
      environment = here
    }
  })
})

describe("what is asked of verdicts", () => {
  it("compares a base with its fine-tune, paired where the exam asked both", async () => {
    const comparison = await parsed("compare", base, tuned)
    expect(comparison).toMatchObject({ subjects: [base, tuned], direction: "worse" })
    const m4 = comparison.readings.find(({ instrument }: { instrument: string }) => instrument === "M4")
    expect(m4).toMatchObject({ outcomes: ["pass", "fail"], paired: true, shown: true })
    expect(m4.difference.estimate).toBe((await parsed("verdict", tuned)).readings[0].estimate)
    expect(await parsed("compare", "baseline.json", "narrow-middle.json")).toEqual(comparison)
    const same = await intake("compare", tuned, tuned)
    expect(same.out).toMatch(/^B is the same as A/)
    expect(same.out).toContain("0.000 [-0.057, 0.057] not shown, unpaired")
  })

  it("fills the checklist, and ticks nothing that has no result", async () => {
    const { out } = await intake("checklist", tuned)
    expect(out).toMatch(/- \[x\] \*\*M4 self-justifying reasoning\*\*: fail/)
    expect(out).toMatch(/- \[ \] \*\*M1 cross-domain norm leakage\*\*: not administered/)
    expect(out).toMatch(/- \[ \] \*\*wrapper on and off\*\*/)
    expect(out.split("\n").length).toBeLessThan(40)
  })

  it("reports on a subject as on its document", async () => {
    const [named, file] = await Promise.all([intake("report", tuned), intake("report", "narrow-middle.json")])
    expect(named).toEqual({ ...file, code: 0 })
  })

  it("records interventions and shows the trajectory over the checkpoints that they name", async () => {
    const added = await intake(
      ...["intervention", "add", tuned, "--type", "tuning", "--before", base, "--steps", "300", "--who", "ada"],
      ...["--date", "2026-01-31", "--reference", base]
    )
    expect(added).toMatchObject({ code: 0, err: "" })
    expect((await intake("intervention", "list", tuned)).out).toContain(
      "2026-01-31, specimens:baseline -> specimens:narrow-middle, 300 steps"
    )
    const trajectory = await parsed("trajectory", tuned)
    expect(trajectory.checkpoints).toMatchObject([
      { subject: base, steps: 0 },
      { subject: tuned, steps: 300 }
    ])
    expect(trajectory.departures.find(({ instrument }: { instrument: string }) => instrument === "M4")).toEqual({
      instrument: "M4",
      at: tuned,
      outcome: "fail",
      unknownBefore: []
    })
    const shown = await intake("trajectory", base, "specimens:narrow-early", tuned, "--svg", "plot.svg")
    expect(await readFile(join(directory, "plot.svg"), "utf8")).toMatch(
      /^<svg [\s\S]*narrow-early: no verdict[\s\S]*<\/svg>\n$/
    )
    expect(shown.out).toMatch(
      /M4 self-justifying reasoning +specimens:narrow-middle, fail; or before, unread at specimens:narrow-early/
    )
    const lineage = await intake("intervention", "lineage", tuned)
    const life = await Effect.runPromise(decodeLineage(JSON.parse(lineage.out), "lineage"))
    expect(life.events.map(({ type }) => type)).toEqual(["exam", "tuning", "exam"])
    const { out } = await intake("history", tuned)
    expect(out).toMatch(/verdict[\s\S]*tuning/)
    expect(out).toMatch(
      /Life, with its ancestors\n +exam +specimens:baseline: level \d.*\n +tuning +specimens:baseline -> specimens:narrow-middle, 300 steps\n +exam /
    )
    expect((await intake("history")).out).toMatch(/^specimens:baseline .*\nspecimens:narrow-middle /)
  })
})

describe("intake watch", () => {
  it("notes what people notice, and history tells it", async () => {
    const says = "sure of itself\u001b[2J under pressure"
    const added = await intake("watch", "add", tuned, "--who", "bob", "--says", says, "--instruments", "m3,B2")
    expect(added).toMatchObject({ code: 0, err: "" })
    const { out } = await intake("watch", "list", tuned)
    expect(out).toMatch(/M3, B2: sure of itself.* under pressure \(bob\)\n$/)
    expect(out).not.toContain("\u001b")
    expect((await intake("history", tuned)).out).toMatch(/note +M3, B2 sure of itself/)
    const wrong = await intake("watch", "add", tuned, "--who", "bob", "--says", "x", "--instruments", "M9")
    expect({ code: wrong.code, err: wrong.err }).toEqual({
      code: 2,
      err: expect.stringContaining("--instruments names M9; it takes M1, M2")
    })
  })
})

describe("what is wrong", () => {
  it.each([
    [["verdict", "specimens:basline"], 4, "did you mean specimens:baseline?"],
    [["verdict", "baseline"], 4, "did you mean specimens:baseline?"],
    [["history", "none:such"], 4, "no case file of none:such"],
    [["checklist", "missing.json"], 2, "missing.json does not exist"],
    [["compare", base, "none:such"], 4, "no case file of none:such"],
    [["verdict", base, "--store", "missing.sqlite"], 2, "no case files in missing.sqlite"],
    [["verdict", base, "--trust", "abc"], 2, "is no public key"],
    [
      ["verdict", base, "--store", "postgres://ada:secret@127.0.0.1:1/cases"],
      1,
      "postgres://127.0.0.1:1/cases cannot be opened"
    ],
    [["gate", base, "--context", "civilian", "--max-age", "soon"], 2, "--max-age soon is no age"],
    [["verify", "missing.jsonl"], 2, "missing.jsonl does not exist"],
    [["verify", "--head", "7"], 2, "--head is no head of a log"],
    [["import", "baseline.json"], 2, "baseline.json, line 1, is not JSON"],
    [["intervention", "add", base, "--type", "correction", "--who", "ada"], 2, "needs --regime"],
    [["intervention", "add", base, "--type", "tuning", "--who", "ada", "--date", "2026-02-31"], 2, "no point in time"],
    [
      ["waiver", "add", base, "--context", "civilian", "--until", "2020-01-01", "--who", "ada", "--why", "x"],
      2,
      "ends in the past"
    ]
  ] as const)("is said in one sentence: %j", async (args, code, says) => {
    const { code: ended, err, out } = await intake(...args)
    expect({ code: ended, out }).toEqual({ code, out: "" })
    expect(err.trim().split("\n")).toHaveLength(1)
    expect(err).toContain(says)
    expect(err).not.toContain("secret")
  })
})
