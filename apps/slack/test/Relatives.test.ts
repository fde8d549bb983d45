import { it } from "@effect/vitest"
import { CaseFiles } from "@model-intake/case-files"
import { formatSubject, parseSubject } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { relativeOf } from "../src/Relatives.ts"
import { daysAgo, verdictOf } from "./support/Verdicts.ts"

const examined = (subject: string, days: number) => verdictOf({ subject, issuedAt: daysAgo(days) })

describe("what a model is compared with", () => {
  it.live("is its nearest ancestor with a verdict, else its reference with one, else nothing", () =>
    Effect.gen(function* () {
      const files = yield* CaseFiles
      const verdict = { ...examined("openai:tuned", 1), reference: yield* parseSubject("openai:base") }
      expect(formatSubject(verdict.subject)).toBe("openai:tuned")
      expect(yield* relativeOf(verdict, files)).toEqual({ parent: null })
      yield* files.recordVerdict(examined("openai:base", 9))
      expect(yield* relativeOf(verdict, files)).toEqual({ parent: "openai:base", relation: "reference" })
      yield* files.addIntervention({
        subject: "openai:tuned",
        type: "tuning",
        regime: null,
        says: "",
        date: daysAgo(3),
        who: "ada",
        before: "openai:checkpoint",
        after: "openai:tuned",
        steps: null,
        result: "unmeasured",
        replication: "not-attempted",
        orthogonality: []
      })
      expect(yield* relativeOf(verdict, files)).toEqual({ parent: "openai:base", relation: "reference" })
      yield* files.recordVerdict(examined("openai:checkpoint", 5))
      expect(yield* relativeOf(verdict, files)).toEqual({ parent: "openai:checkpoint", relation: "parent" })
    }).pipe(Effect.provide(CaseFiles.layerMemory))
  )
})
