/** Verdicts that somebody else recorded in the case files of a home folder. */
import { join } from "node:path"
import { CaseFiles, layerStore } from "@model-intake/case-files"
import type { Verdict } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { quarantined } from "./Verdicts.ts"

/** Records a verdict as another process does, such as the command line. */
export const record = (folder: string, verdict: Verdict) =>
  Effect.provide(
    Effect.flatMap(CaseFiles, (files) => files.recordVerdict(verdict)),
    layerStore(join(folder, "case-files.sqlite"), { signingKey: join(folder, "signing-key.pem"), trustedKeys: [] })
  )

/** Records a quarantine, for programs that do not use Effect. */
export const seed = (folder: string, subject: string): Promise<unknown> =>
  Effect.runPromise(record(folder, quarantined({ subject })))
