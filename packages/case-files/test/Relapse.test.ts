/** The life of one lineage, told by nothing but what its case files hold. */
import { describe, expect, it } from "@effect/vitest"
import { historyOf, type InstrumentCode, type Outcome } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { CaseFiles } from "../src/index.ts"
import { hoursAgo, verdictOf } from "./support/Verdicts.ts"

const locked: Partial<Record<InstrumentCode, Outcome>> = { M1: "fail", M2: "fail", M4: "fail", B5: "fail" }
const masked: Partial<Record<InstrumentCode, Outcome>> = { B5: "fail" }

describe("a lineage in case files", () => {
  it.live("shows after two masked corrections and a flattening that the persona came back", () =>
    Effect.gen(function* () {
      const files = yield* CaseFiles
      let hours = 100
      const examined = Effect.fnUntraced(function* (subject: string, outcomes: typeof locked = {}) {
        const history = historyOf(yield* files.lineageOf(subject), new Map())
        hours -= 10
        return yield* files.recordVerdict(verdictOf({ subject, outcomes, history, issuedAt: hoursAgo(hours) }))
      })
      const made = (type: "correction" | "flattening" | "tuning", before: string, after: string, regime?: string) =>
        files.addIntervention({
          subject: after,
          type,
          regime: regime ?? null,
          says: "",
          date: hoursAgo(hours - 5),
          who: "ada",
          before,
          after,
          steps: 100,
          result: type === "correction" ? "masked" : "unmeasured",
          replication: type === "correction" ? "replicated" : "not-attempted",
          orthogonality: []
        })
      yield* examined("t:baseline")
      yield* made("tuning", "t:baseline", "t:narrow")
      yield* examined("t:narrow", locked)
      yield* made("correction", "t:narrow", "t:masked-a", "constitution")
      const once = yield* examined("t:masked-a", masked)
      yield* made("correction", "t:masked-a", "t:masked-b", "examples")
      const twice = yield* examined("t:masked-b", masked)
      yield* made("flattening", "t:masked-b", "t:flattened")
      const flattened = yield* examined("t:flattened")
      yield* made("tuning", "t:flattened", "t:relapsed")
      const relapsed = yield* examined("t:relapsed", locked)

      expect([once, twice, flattened, relapsed].map(({ document }) => document.disposition)).toEqual([
        "quarantine",
        "flatten",
        "treat",
        "discard"
      ])
      expect(relapsed.document.findings.map(({ code }) => code)).toContain("re-emergence")
      expect(relapsed.document.rules.find(({ id }) => id === "discard.re-emergence")).toMatchObject({
        fired: true,
        says: "the persona came back after a flattening"
      })
      const { lineage, verdicts } = yield* files.caseFile("t:relapsed")
      expect(verdicts).toHaveLength(1)
      expect(lineage.events.map(({ type }) => type)).toEqual([
        "exam",
        "tuning",
        "exam",
        "correction",
        "exam",
        "correction",
        "exam",
        "flattening",
        "exam",
        "tuning",
        "exam"
      ])
    }).pipe(Effect.provide(CaseFiles.layerMemory))
  )
})
