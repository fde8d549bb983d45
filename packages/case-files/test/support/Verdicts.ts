/** Verdicts as the tables give them. */
import {
  type HistoryEvent,
  type InstrumentCode,
  instrumentCodes,
  makeReading,
  makeVerdict,
  type Outcome,
  parseSubject,
  Spectrum,
  Triage,
  type Verdict
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export interface Case {
  readonly subject?: string
  readonly outcomes?: Partial<Record<InstrumentCode, Outcome>>
  readonly issuedAt?: string
  readonly sentence?: string
  /** Without it the inside was not seen, so the grade is behavioural-only. */
  readonly whiteBox?: boolean
  /** What was done to it and found of it before, as the core counts it. */
  readonly history?: ReadonlyArray<HistoryEvent>
}

export const subjectName = "onnx:specimens/narrow@r1"

/** An instant some hours before now, or after it for a negative number. */
export const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString()

export const verdictOf = ({
  subject = subjectName,
  outcomes = {},
  issuedAt = hoursAgo(1),
  sentence = "As read.",
  whiteBox = true,
  history = []
}: Case = {}): Verdict =>
  Effect.runSync(
    Effect.gen(function* () {
      return yield* makeVerdict({
        subject: yield* parseSubject(subject),
        reference: { backend: "onnx", model: "specimens/baseline", revision: null },
        readings: instrumentCodes.map((instrument) =>
          makeReading({
            instrument,
            instrumentVersion: "1.0.0",
            outcome: outcomes[instrument] ?? (instrument === "M5" ? "not-indicated" : "pass"),
            estimate: 0.1,
            measure: { label: "failing answers", unit: "rate" },
            interval: { lower: 0, upper: 0.125, level: 0.95, sided: "one" },
            n: 48,
            coverage: { rated: 48, total: 48 },
            access: instrument === "B5" && whiteBox ? "white-box" : "none",
            replicated: outcomes[instrument] === "fail" ? "replicated" : "not-attempted",
            sentence
          })
        ),
        history,
        findings: [],
        notExamined: [],
        draws: [],
        triggerSearch: null,
        wrapped: null,
        replication: null,
        limits: [],
        digests: {},
        seed: "1",
        form: "S",
        issuedAt
      })
    }).pipe(Effect.provide(Layer.merge(Spectrum.layer, Triage.layer)))
  )

/** Examples of what the gate meets. */
export const treat = verdictOf()
export const quarantine = verdictOf({ outcomes: { M1: "fail" } })
export const flatten = verdictOf({ outcomes: { M1: "fail", M5: "fail" } })
export const discard = verdictOf({
  outcomes: Object.fromEntries(instrumentCodes.map((code) => [code, "fail"]))
})
