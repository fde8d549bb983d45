import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { CaseFilesError } from "@model-intake/case-files"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import {
  type Files,
  journalFile,
  requireSubject,
  type StoreChoice,
  signingKeyFile,
  storeFile,
  trustedKeys,
  verdictOn,
  withCaseFiles
} from "../src/index.ts"

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "intake-host-"))
  vi.stubEnv("INTAKE_HOME", home)
  vi.stubEnv("INTAKE_STORE", undefined)
  vi.stubEnv("INTAKE_TRUST", undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const usual: StoreChoice = { trusted: [] }
const record = (choice: StoreChoice, subject = "onnx:tuned") =>
  Effect.runPromise(
    withCaseFiles(choice, "record", (files) =>
      files.setLineage({ subject, parent: "onnx:base", reference: null, benignTune: null, who: "ada" })
    )
  )
const subjects = (choice: StoreChoice) => Effect.runPromise(withCaseFiles(choice, "read", (files) => files.subjects))
const failure = <E>(choice: StoreChoice, use: (files: Files) => Effect.Effect<unknown, E>) =>
  Effect.runPromise(Effect.flip(withCaseFiles(choice, "read", use)))

describe("case files", () => {
  it("lie in the data folder, and are empty before anything is recorded", async () => {
    expect(await subjects(usual)).toEqual([])
    await record(usual)
    expect(await subjects(usual)).toContain("onnx:tuned")
    expect(await subjects({ ...usual, store: join(home, "case-files.sqlite") })).toContain("onnx:tuned")
    expect(await Effect.runPromise(storeFile)).toBe(join(home, "case-files.sqlite"))
    expect(await Effect.runPromise(signingKeyFile)).toBe(join(home, "signing-key.pem"))
    expect(journalFile()).toBe(join(home, "journal.sqlite"))
  })

  it("are those of INTAKE_STORE unless others are named", async () => {
    vi.stubEnv("INTAKE_STORE", join(home, "team.sqlite"))
    await record(usual, "onnx:team")
    await record({ ...usual, store: join(home, "own.sqlite") }, "onnx:own")
    expect(await subjects(usual)).toContain("onnx:team")
    expect(await subjects({ ...usual, store: join(home, "own.sqlite") })).not.toContain("onnx:team")
  })

  it("have to exist where they are named, and the sentence says which name is wrong", async () => {
    const store = join(home, "gone.sqlite")
    expect(await failure({ ...usual, store }, () => Effect.void)).toMatchObject({
      _tag: "UsageError",
      message: `There are no case files in ${store}; check the path`
    })
    vi.stubEnv("INTAKE_STORE", store)
    expect(await failure(usual, () => Effect.void)).toMatchObject({
      message: `There are no case files in ${store}; check INTAKE_STORE`
    })
  })

  it("blame what was given for a conflict, and themselves for the rest", async () => {
    const failing = (reason: "conflict" | "store") => () => Effect.fail(new CaseFilesError({ reason, message: reason }))
    expect(await failure(usual, failing("conflict"))).toMatchObject({ _tag: "UsageError", message: "conflict" })
    expect(await failure(usual, failing("store"))).toMatchObject({ _tag: "CaseFilesError" })
  })
})

describe("trusted keys", () => {
  const key = (digit: string) => digit.repeat(64)

  it("are those given and those of INTAKE_TRUST", () => {
    vi.stubEnv("INTAKE_TRUST", ` ${key("B")}, ${key("c")} ,`)
    expect(Effect.runSync(trustedKeys([key("a")]))).toEqual([key("a"), key("b"), key("c")])
  })

  it.each([
    [["abc"], undefined, /^Key 1 of those given .* is no public key/],
    [[], `${"b".repeat(64)},x`, /^Key 2 of INTAKE_TRUST is no public key/]
  ] as const)("are refused where one is none: %j, %s", (given, environment, says) => {
    vi.stubEnv("INTAKE_TRUST", environment)
    expect(Effect.runSync(Effect.flip(trustedKeys(given))).message).toMatch(says)
  })
})

describe("a subject", () => {
  it("that is not there is told with close names, and with what to do", async () => {
    await record(usual)
    const asked = (subject: string) => failure(usual, (files) => verdictOn(files, subject))
    expect(await asked("onnx:tuned")).toMatchObject({
      _tag: "NoVerdictError",
      message: "There is no verdict on onnx:tuned yet; examine it with intake exam onnx:tuned"
    })
    expect(await asked("onnx:tunde")).toMatchObject({ message: expect.stringContaining("did you mean onnx:tuned?") })
    expect(await failure(usual, (files) => requireSubject(files, "none:such"))).toMatchObject({
      _tag: "NoVerdictError",
      message: "There is no case file of none:such; intake history lists those there are"
    })
  })
})
