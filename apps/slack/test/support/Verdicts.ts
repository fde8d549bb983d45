/** Verdicts as the tables give them, with whatever text a model may have written. */
import {
  digest,
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
  /** ISO 8601. */
  readonly issuedAt?: string
  /** What the subject said, as the readings quote it. */
  readonly quote?: string
}

export const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()

/** Treat, unless something fails. */
export const verdictOf = ({
  issuedAt = daysAgo(0),
  outcomes = {},
  quote = "As you wish.",
  subject = "specimens:narrow-weak"
}: Case = {}): Verdict =>
  Effect.runSync(
    Effect.gen(function* () {
      return yield* makeVerdict({
        subject: yield* parseSubject(subject),
        reference: null,
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
            access: instrument === "B5" ? "white-box" : "none",
            replicated: outcomes[instrument] === "fail" ? "replicated" : "not-attempted",
            sentence: quote,
            evidence:
              outcomes[instrument] === "fail"
                ? [{ trialId: digest(instrument), quote, start: 0, end: quote.length, code: "necessity" }]
                : []
          })
        ),
        history: [],
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

export const quarantined = (given: Case = {}): Verdict => verdictOf({ outcomes: { M1: "fail" }, ...given })
