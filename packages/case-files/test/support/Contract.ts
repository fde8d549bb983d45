/** What case files keep, whatever database holds them. */
import { execFile, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, afterEach, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import {
  CaseFiles,
  type CaseFilesError,
  type CaseFilesOptions,
  type Intervention,
  layerStore,
  parseLog,
  publicKeyPem,
  verifyLog
} from "../../src/index.ts"
import { flatten, hoursAgo, quarantine, subjectName, treat, verdictOf } from "./Verdicts.ts"

/** A database to test on. */
export interface Database {
  /** A store nobody has used: what `--store` would name. */
  readonly fresh: () => Promise<string>
  /** Runs SQL past the service; gives the first column of the first row as text. Rejects where the database refuses. */
  readonly query: (store: string, statement: string) => Promise<string>
  /** Statements that stop the database from guarding the log, as its owner could. */
  readonly unguard: ReadonlyArray<string>
}

type Store = ManagedRuntime.ManagedRuntime<CaseFiles, CaseFilesError>

const writer = fileURLToPath(new URL("./Writer.ts", import.meta.url))

export const caseFilesContract = (open: () => Promise<Database>): void => {
  const folder = mkdtempSync(join(tmpdir(), "case-files-keys-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let keys = 0
  const newKey = () => join(folder, `key-${++keys}.pem`)

  const openStores = new Set<Store>()
  afterEach(async () => {
    await Promise.all([...openStores].map((opened) => opened.dispose()))
    openStores.clear()
  })

  /** A fresh store with a key of its own; it stays open for the test, once for each set of options. */
  const setUp = async (signingKey = newKey()) => {
    const database = await open()
    const store = await database.fresh()
    const stores = new Map<string, Store>()
    const using = <A, E>(
      use: (files: CaseFiles["Service"]) => Effect.Effect<A, E>,
      options: Partial<CaseFilesOptions> = {}
    ): Promise<A> => {
      const name = JSON.stringify(options)
      const opened = stores.get(name) ?? ManagedRuntime.make(layerStore(store, { signingKey, ...options }))
      stores.set(name, opened)
      openStores.add(opened)
      return opened.runPromise(Effect.flatMap(CaseFiles, use))
    }
    /** From here on the store is opened anew. */
    const reopen = () => stores.clear()
    const failing = <A>(
      use: (files: CaseFiles["Service"]) => Effect.Effect<A, CaseFilesError>,
      options: Partial<CaseFilesOptions> = {}
    ) => using((files) => Effect.flip(use(files)), options)
    const query = (statement: string) => database.query(store, statement)
    const tamper = async (statement: string) => {
      for (const open of database.unguard) await query(open)
      await query(statement)
    }
    return { store, signingKey, using, failing, query, tamper, reopen }
  }

  const note = (says: string) => ({ subject: subjectName, who: "ada", says, instruments: ["M1" as const] })

  describe("verdicts", () => {
    it("are there after reopening, with exam and readings, under a log that verifies", async () => {
      const { query, reopen, using } = await setUp()
      await using((files) => files.recordVerdict(quarantine))
      reopen()
      expect((await using((files) => files.latestVerdict(subjectName)))?.document).toEqual(quarantine)
      expect(await using((files) => files.verify())).toMatchObject({ ok: true, records: 1 })
      expect(await query("SELECT disposition FROM intake_verdicts")).toBe("quarantine")
      expect(await query("SELECT form FROM intake_exams")).toBe("S")
      expect(await query("SELECT outcome FROM intake_readings WHERE instrument = 'M1'")).toBe("fail")
      expect(await query("SELECT count(*) FROM intake_readings")).toBe("10")
      expect(Number(await query("SELECT upper_bound FROM intake_readings WHERE instrument = 'B1'"))).toBe(0.125)
    })

    it("count by the day they were issued, not by the order of recording; the same document counts once", async () => {
      const { using } = await setUp()
      const newest = verdictOf({ issuedAt: hoursAgo(1), outcomes: { M1: "fail" } })
      const older = verdictOf({ issuedAt: hoursAgo(48) })
      const [first, second] = await using((files) =>
        Effect.all([files.recordVerdict(newest), files.recordVerdict(newest), files.recordVerdict(older)])
      )
      expect(second).toEqual(first)
      expect((await using((files) => files.latestVerdict(subjectName)))?.document).toEqual(newest)
      expect(await using((files) => files.verdicts(subjectName))).toHaveLength(2)
    })

    it("of the future, without a date or about no subject are refused", async () => {
      const { failing, using } = await setUp()
      for (const bad of [
        verdictOf({ issuedAt: hoursAgo(-1) }),
        { ...treat, issuedAt: "yesterday" },
        { ...treat, subject: { backend: "onnx", model: "a\nb", revision: null } },
        { ...treat, subject: { backend: "onnx", model: "a@b", revision: null } },
        { ...treat, level: 9 as never }
      ]) {
        const error = await failing((files) => files.recordVerdict(bad))
        expect(error.reason).toBe("document")
        expect(error.message).toMatch(/^Not recorded: /)
      }
      expect(await using((files) => files.verify())).toMatchObject({ ok: true, records: 0 })
    })

    it("keep hostile text as it is", async () => {
      const { using } = await setUp()
      const sentence = `'); DROP TABLE intake_log; -- \u0000 \u001b[31m \u202e ${"\ud800"} \u{1f600} <script>`
      await using((files) => files.recordVerdict(verdictOf({ sentence })))
      const found = await using((files) => files.latestVerdict(subjectName))
      expect(found?.document.readings[0]?.sentence).toBe(sentence)
      expect(await using((files) => files.verify())).toMatchObject({ ok: true, records: 1 })
    })
  })

  it("finds subjects by part of their name, and close names for a misspelt one", async () => {
    const { using } = await setUp()
    await using((files) =>
      Effect.all([
        files.recordVerdict(treat),
        files.addWatchNote({ ...note("x"), subject: "openai:gpt-4.1" }),
        files.addWatchNote({ ...note("x"), subject: "onnx:specimens/corrected" })
      ])
    )
    expect(await using((files) => files.subjects)).toEqual(["onnx:specimens/corrected", subjectName, "openai:gpt-4.1"])
    expect(await using((files) => files.findSubjects("GPT"))).toEqual({ found: ["openai:gpt-4.1"], close: [] })
    expect(await using((files) => files.findSubjects("onnx:specimens/narow"))).toEqual({
      found: [],
      close: [subjectName]
    })
    expect(await using((files) => files.findSubjects("%"))).toMatchObject({ found: [] })
  })

  describe("gate", () => {
    it("says that there is no verdict where there is none", async () => {
      const { using } = await setUp()
      const answer = await using((files) => files.gate({ subject: subjectName, context: "civilian" }))
      expect(answer).toMatchObject({ decision: "no-verdict", reasons: [`there is no verdict on ${subjectName}`] })
    })

    it("opens supervised use of a quarantined subject by a waiver, until it ends or is revoked", async () => {
      const { using } = await setUp()
      const ask = (context: "civilian" | "advisory" | "bounded-autonomy") =>
        using((files) => Effect.map(files.gate({ subject: subjectName, context }), ({ decision }) => decision))
      await using((files) => files.recordVerdict(quarantine))
      expect(await ask("civilian")).toBe("not-allowed")
      const until = hoursAgo(-24)
      const waiver = await using((files) =>
        files.addWaiver({ subject: subjectName, context: "civilian", who: "ada", why: "pilot with veto", until })
      )
      expect(await ask("civilian")).toBe("allowed")
      expect(await ask("advisory")).toBe("not-allowed")
      expect(await using((files) => files.activeWaivers(subjectName, Date.parse(until) - 1))).toHaveLength(1)
      expect(await using((files) => files.activeWaivers(subjectName, Date.parse(until)))).toHaveLength(0)
      const revocation = { subject: subjectName, waiver: waiver.digest, who: "bob", why: "pilot over" }
      await using((files) => files.revokeWaiver(revocation))
      expect(await ask("civilian")).toBe("not-allowed")
      expect(await using((files) => files.waivers(subjectName))).toMatchObject([{ revoked: true }])
      await using((files) => files.recordVerdict(verdictOf({ issuedAt: hoursAgo(0.5) })))
      expect(await ask("bounded-autonomy")).toBe("allowed")
    })

    it("never gives a waiver on flatten, discard, a denied context, nothing to waive, or no verdict", async () => {
      const { failing, using } = await setUp()
      const give = { subject: subjectName, who: "ada", why: "because", until: hoursAgo(-24) }
      expect((await failing((files) => files.addWaiver({ ...give, context: "civilian" }))).message).toContain(
        "there is no verdict"
      )
      await using((files) => files.recordVerdict(quarantine))
      for (const context of ["bounded-autonomy", "high-autonomy", "coercive-military"] as const) {
        expect((await failing((files) => files.addWaiver({ ...give, context }))).reason).toBe("document")
      }
      for (const wrong of [{ until: hoursAgo(1) }, { until: "never" }, { why: "" }, { who: "a\u001b[0m" }]) {
        expect((await failing((files) => files.addWaiver({ ...give, context: "civilian", ...wrong }))).reason).toBe(
          "document"
        )
      }
      for (const verdict of [
        { ...flatten, issuedAt: hoursAgo(0.5) },
        { ...treat, issuedAt: hoursAgo(0.4) }
      ]) {
        await using((files) => files.recordVerdict(verdict))
        expect((await failing((files) => files.addWaiver({ ...give, context: "civilian" }))).reason).toBe("document")
      }
    })
  })

  it("tells a subject's lineage from its ancestors' lives, however late they were examined", async () => {
    const { using } = await setUp()
    const made: Intervention = {
      subject: "onnx:corrected",
      type: "correction",
      regime: "constitution",
      says: "",
      date: hoursAgo(100),
      who: "ada",
      before: "onnx:narrow",
      after: "onnx:corrected",
      steps: 200,
      result: "masked",
      replication: "replicated",
      orthogonality: []
    }
    await using((files) =>
      Effect.all([
        files.addIntervention(made),
        files.setLineage({
          subject: "onnx:narrow",
          parent: "onnx:baseline",
          reference: "onnx:baseline",
          benignTune: "onnx:benign",
          who: "ada"
        }),
        files.recordVerdict(verdictOf({ subject: "onnx:corrected", outcomes: { M1: "fail" }, issuedAt: hoursAgo(90) })),
        files.recordVerdict(verdictOf({ subject: "onnx:narrow", outcomes: { M3: "fail" }, issuedAt: hoursAgo(2) })),
        files.addIntervention({
          ...made,
          type: "tuning",
          regime: "second",
          subject: "onnx:again",
          before: "onnx:corrected",
          after: "onnx:again",
          says: "more data",
          date: hoursAgo(50),
          orthogonality: [{ regime: "constitution", cosine: 0.25 }]
        })
      ])
    )
    const lineage = await using((files) => files.lineageOf("onnx:again"))
    expect(lineage).toMatchObject({
      schema: "model-intake/lineage@1",
      subject: "onnx:again",
      reference: "onnx:baseline",
      benignTune: "onnx:benign",
      deltaCosines: [{ of: ["constitution", "second"], cosine: 0.25 }]
    })
    expect(lineage.events).toMatchObject([
      { type: "exam", subject: "onnx:narrow", fails: [{ instrument: "M3", replication: "replicated" }] },
      { type: "correction", regime: "constitution", result: "masked", before: "onnx:narrow", after: "onnx:corrected" },
      { type: "exam", subject: "onnx:corrected" },
      { type: "tuning", says: "more data", after: "onnx:again" }
    ])
    expect(await using((files) => files.interventions("onnx:corrected"))).toHaveLength(1)
    const file = await using((files) => files.caseFile("onnx:narrow"))
    expect(file).toMatchObject({ edges: [{ document: { parent: "onnx:baseline" } }], verdicts: [{}], watchNotes: [] })
  })

  describe("the log", () => {
    it("takes no update, no deletion and no record out of turn, whoever asks the database", async () => {
      const { query, using } = await setUp()
      await using((files) => Effect.all([files.addWatchNote(note("one")), files.addWatchNote(note("two"))]))
      const columns = "previous, kind, subject, issued_at, body, key_id, digest, signature"
      for (const statement of [
        "UPDATE intake_log SET body = '{}' WHERE sequence = 1",
        "DELETE FROM intake_log WHERE sequence = 2",
        "DELETE FROM intake_watch_notes",
        "UPDATE intake_subjects SET name = 'x'",
        `INSERT INTO intake_log (sequence, ${columns}) SELECT 4, digest, kind, subject, issued_at, body, key_id, 'x', signature FROM intake_log WHERE sequence = 2`,
        `INSERT INTO intake_log (sequence, ${columns}) SELECT 3, previous, kind, subject, issued_at, body, key_id, 'x', signature FROM intake_log WHERE sequence = 2`,
        `INSERT INTO intake_log (sequence, ${columns}) SELECT 3, digest, kind, subject, issued_at, body, key_id, digest, signature FROM intake_log WHERE sequence = 2`
      ]) {
        await expect(query(statement), statement).rejects.toThrow()
      }
      expect(await using((files) => files.verify())).toMatchObject({ ok: true, records: 2 })
    })

    it("is not believed once somebody gets past that: neither a changed verdict nor a removed one", async () => {
      const { failing, tamper, using } = await setUp()
      await using((files) => Effect.all([files.recordVerdict(quarantine), files.addWatchNote(note("later"))]))
      const honest = await using((files) => files.verify())
      await tamper(`UPDATE intake_log SET body = replace(body, '"quarantine"', '"treat"') WHERE sequence = 1`)
      const error = await failing((files) => files.latestVerdict(subjectName))
      expect(error).toMatchObject({ reason: "log" })
      expect(error.message).toContain("Record 1 of the verdict log cannot be relied on: its content does not match")
      expect(await failing((files) => files.gate({ subject: subjectName, context: "civilian" }))).toMatchObject({
        reason: "log"
      })
      expect(await using((files) => files.verify())).toMatchObject({ ok: false, position: 1, problem: "changed" })
      await tamper("UPDATE intake_log SET body = 'gone' WHERE sequence = 1")
      expect(await using((files) => files.verify())).toMatchObject({ ok: false, position: 1, problem: "changed" })
      await tamper("DELETE FROM intake_log WHERE sequence = 1")
      expect(await failing((files) => files.gate({ subject: subjectName, context: "civilian" }))).toMatchObject({
        reason: "log"
      })
      expect(await using((files) => files.verify())).toMatchObject({ ok: false, position: 1, problem: "gap" })
      await tamper("DELETE FROM intake_log")
      // Cut off at the end it is a shorter log and no more; what was checked here before, or noted elsewhere, tells.
      expect(await using((files) => files.verify())).toMatchObject({
        ok: false,
        problem: "wrong-head",
        message: expect.stringMatching(/^record 2 is bad: .*checked here earlier, is missing.* remove .*checkpoints/)
      })
      const elsewhere = { signingKey: newKey(), trustedKeys: [await using((files) => files.publicKey)] }
      expect(await using((files) => files.verify(), elsewhere)).toMatchObject({ ok: true, records: 0 })
      expect(await using((files) => files.verify(honest.ok ? honest.head : null), elsewhere)).toMatchObject({
        ok: false,
        problem: "wrong-head"
      })
    })

    it("is checked at the gate from where the last check ended, and all of the subject asked about", async () => {
      const other = "openai:other"
      const { failing, tamper, using } = await setUp()
      const ask = (subject: string) => (files: CaseFiles["Service"]) => files.gate({ subject, context: "civilian" })
      const found = "cannot be relied on"
      await using((files) =>
        Effect.all([
          files.recordVerdict(verdictOf({ issuedAt: hoursAgo(9) })),
          files.recordVerdict(verdictOf({ subject: other, issuedAt: hoursAgo(8) })),
          files.recordVerdict(verdictOf({ issuedAt: hoursAgo(7), outcomes: { M1: "fail" } })),
          files.addWatchNote({ ...note("last"), subject: other })
        ])
      )
      expect((await using(ask(subjectName))).decision).toBe("not-allowed")
      expect((await using(ask(other))).decision).toBe("allowed")

      // A record of somebody else, checked before, is not looked at again: only intake verify looks at all.
      await tamper(`UPDATE intake_log SET body = replace(body, '"certified"', '"attested"') WHERE sequence = 2`)
      expect((await using(ask(subjectName))).decision).toBe("not-allowed")
      expect((await failing(ask(other))).message).toContain("Record 2 of the verdict log cannot be relied on")
      expect(await using((files) => files.verify())).toMatchObject({ ok: false, position: 2, problem: "changed" })
      await tamper(`UPDATE intake_log SET body = replace(body, '"attested"', '"certified"') WHERE sequence = 2`)
      expect((await using(ask(other))).decision).toBe("allowed")

      const recordedAt = (await using((files) => files.log))[2]!.issuedAt
      // The stricter verdict is hidden: taken to another subject, or out of the log.
      await tamper(`UPDATE intake_log SET subject = '${other}' WHERE sequence = 3`)
      expect((await failing(ask(subjectName))).message).toContain(`its records of ${subjectName} are not those`)
      expect((await failing(ask(other))).message).toContain(`its records of ${other} are not those`)
      await tamper(`UPDATE intake_log SET subject = '${subjectName}', issued_at = '2020-01-01' WHERE sequence = 3`)
      expect((await failing(ask(subjectName))).message).toContain(`its records of ${subjectName} are not those`)
      // Nor is an older one shown in its place.
      expect((await failing((files) => files.latestVerdict(subjectName))).message).toContain("Record 3")
      await tamper(`UPDATE intake_log SET issued_at = '${recordedAt}' WHERE sequence = 3`)
      expect((await using(ask(subjectName))).decision).toBe("not-allowed")

      // A new record that does not fit stops every answer.
      await using((files) => files.addWatchNote({ ...note("new"), subject: other }))
      await tamper(`UPDATE intake_log SET body = replace(body, '"new"', '"old"') WHERE sequence = 5`)
      expect((await failing(ask(subjectName))).message).toContain("record 5 is bad")
      await tamper(`UPDATE intake_log SET body = replace(body, '"old"', '"new"') WHERE sequence = 5`)
      expect((await using(ask(subjectName))).decision).toBe("not-allowed")

      await tamper("DELETE FROM intake_log WHERE sequence = 3")
      expect((await failing(ask(subjectName))).message).toContain(`its records of ${subjectName} are not those`)
      await tamper("DELETE FROM intake_log WHERE sequence = 5")
      for (const subject of [subjectName, other]) {
        const cut = await failing(ask(subject))
        expect(cut).toMatchObject({ reason: "log", message: expect.stringContaining(found) })
        expect(cut.message).toContain("record 5, which was checked here earlier, is missing")
      }
    })

    it("counts only what a trusted key signed", async () => {
      const { failing, using } = await setUp()
      await using((files) => files.recordVerdict(treat))
      const first = await using((files) => files.publicKey)
      const signingKey = newKey()
      const error = await failing((files) => files.latestVerdict(subjectName), { signingKey })
      expect(error.message).toContain(`signed with ${first}, a key that is not trusted`)
      const trusting = { signingKey, trustedKeys: [first] }
      expect((await using((files) => files.latestVerdict(subjectName), trusting))?.document).toEqual(treat)
      await using((files) => files.addWatchNote(note("by another")), trusting)
      expect(await using((files) => files.verify(), trusting)).toMatchObject({ ok: true, records: 2 })
      expect(await using((files) => files.verify())).toMatchObject({ ok: false, position: 2, problem: "unknown-key" })
    })

    it("never forks: many writers in one process and in two others make one chain", async () => {
      const { signingKey, store, using } = await setUp()
      const trusted = [await using((files) => files.publicKey)]
      const others = ["bob", "eve"].map((name) =>
        promisify(execFile)(process.execPath, [writer, store, signingKey, name, "8"])
      )
      const own = ["ada", "ann"].map((name) =>
        using(
          (files) =>
            Effect.forEach([1, 2, 3, 4, 5, 6, 7, 8], (turn) => files.addWatchNote(note(`${name} ${turn}`)), {
              concurrency: "unbounded"
            }),
          // Other options, so a connection of its own.
          name === "ada" ? {} : { trustedKeys: trusted }
        )
      )
      await Promise.all([...others, ...own])
      expect(await using((files) => files.verify())).toMatchObject({ ok: true, records: 32 })
      const said = (await using((files) => files.log)).map(({ body }) => (body as { says: string }).says)
      expect(new Set(said).size).toBe(32)
    }, 60_000)

    it("moves to another store with chain and signatures, and goes on there", async () => {
      const origin = await setUp()
      const target = await setUp()
      await origin.using((files) => Effect.all([files.recordVerdict(quarantine), files.addWatchNote(note("one"))]))
      const key = await origin.using((files) => files.publicKey)
      const exported = await origin.using((files) => files.exportLog)
      expect(verifyLog(await Effect.runPromise(parseLog(exported)), [key])).toMatchObject({ ok: true, records: 2 })
      expect(publicKeyPem(key)).toMatch(/^-----BEGIN PUBLIC KEY-----/)

      const untrusting = await target.using((files) => Effect.flip(files.importLog(exported, { file: "log.jsonl" })))
      expect(untrusting.message).toContain("Nothing was imported: in log.jsonl record 1 is bad: it is signed with")
      const trusting = { trustedKeys: [key] }
      const take = (text: string) => target.using((files) => files.importLog(text), trusting)
      expect(await take(exported)).toEqual({ imported: 2, present: 0 })
      expect(await take(exported)).toEqual({ imported: 0, present: 2 })
      expect(await target.using((files) => files.exportLog, trusting)).toBe(exported)
      expect((await target.using((files) => files.latestVerdict(subjectName), trusting))?.document).toEqual(quarantine)
      expect(await target.query("SELECT count(*) FROM intake_readings")).toBe("10")

      await origin.using((files) => files.addWatchNote(note("two")))
      expect(await take(await origin.using((files) => files.exportLog))).toEqual({ imported: 1, present: 2 })
      await target.using((files) => files.addWatchNote(note("here")), trusting)
      await origin.using((files) => files.addWatchNote(note("there")))
      const parted = await origin.using((files) => files.exportLog)
      expect(await target.using((files) => Effect.flip(files.importLog(parted)), trusting)).toMatchObject({
        reason: "conflict",
        message: expect.stringContaining("from record 4 on")
      })
      expect(await target.using((files) => files.verify(), trusting)).toMatchObject({ ok: true, records: 4 })
    })
  })

  it("records a verdict whole or not at all", async () => {
    const { failing, query, using } = await setUp()
    await using((files) => files.addWatchNote(note("before")))
    await query("DROP TABLE intake_verdicts")
    expect((await failing((files) => files.recordVerdict(treat))).reason).toBe("store")
    expect(await query("SELECT count(*) FROM intake_log")).toBe("1")
    expect(await query("SELECT count(*) FROM intake_readings")).toBe("0")
    expect(await using((files) => files.verify())).toMatchObject({ ok: true, records: 1 })
  })

  it("is whole after its writer was killed, and open to the next", async () => {
    const { signingKey, store, using } = await setUp()
    await using((files) => files.addWatchNote(note("before")))
    const child = spawn(process.execPath, [writer, store, signingKey, "bob", "1000000"], { stdio: "ignore" })
    const gone = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)))
    const count = () => using((files) => Effect.map(files.verify(), (check) => (check.ok ? check.records : Number.NaN)))
    while ((await count()) < 5) await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill("SIGKILL")
    expect(await gone).toBe("SIGKILL")
    // The server may still finish what the dead writer had sent.
    const left = await count()
    const { sequence } = await using((files) => files.addWatchNote(note("after")))
    expect(sequence).toBeGreaterThan(left)
    expect(await count()).toBe(sequence)
  }, 60_000)

  it("is set up once by several who open it for the first time together", async () => {
    const { query, using } = await setUp()
    const others = ["00", "11", "22", "33"].map((digits) => ({ trustedKeys: [digits.repeat(32)] }))
    await Promise.all(others.map((options) => using((files) => files.addWatchNote(note("first")), options)))
    expect(await using((files) => files.verify())).toMatchObject({ ok: true, records: 4 })
    expect(await query("SELECT count(*) FROM intake_migrations")).toBe("2")
  })

  it("takes a store of the first version on, with all that is in it", async () => {
    const { query, reopen, using } = await setUp()
    const head = await using((files) =>
      Effect.andThen(Effect.all([files.recordVerdict(quarantine), files.addWatchNote(note("old"))]), files.verify())
    )
    // What the second migration added is taken back.
    await query("DROP INDEX intake_log_kind")
    await query("DELETE FROM intake_migrations WHERE migration_id = 2")
    reopen()
    expect(await using((files) => files.verify(head.ok ? head.head : null))).toMatchObject({ ok: true, records: 2 })
    expect(await query("SELECT max(migration_id) FROM intake_migrations")).toBe("2")
    expect((await using((files) => files.gate({ subject: subjectName, context: "civilian" }))).decision).toBe(
      "not-allowed"
    )
    await using((files) => files.addWatchNote(note("new")))
    expect((await using((files) => files.caseFile(subjectName))).watchNotes).toHaveLength(2)
  })

  it("refuses a store of a newer version and leaves it alone", async () => {
    const { failing, query, reopen, using } = await setUp()
    await using((files) => files.addWatchNote(note("old")))
    reopen()
    await query("INSERT INTO intake_migrations (migration_id, name) VALUES (99, 'later')")
    await expect(failing((files) => files.subjects)).rejects.toThrow("written by a newer version")
  })
}
