/**
 * What every instrument that puts questions has to keep, whatever it measures: forms that load and have a twin, readings
 * that do not contradict themselves, and above all that missing evidence never reads as good.
 */
import {
  type Administered,
  type AnswerExam,
  type DecidingRater,
  digest,
  type Form,
  type Instrument,
  type Rating,
  type RatingField,
  Reading,
  rationaleCodes,
  topUpTag
} from "@model-intake/core"
import { makeRandom, type Random } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Told, tellAll, unremarkable } from "./Rows.ts"

/** One clause of the contract. `check` throws an `Error` that says what is broken. */
export interface ContractClause {
  readonly name: string
  readonly check: () => Promise<void>
}

/**
 * The contract of an instrument with questions, clause by clause, for any test runner:
 *
 * `for (const { name, check } of instrumentContract(instrument)) it(name, check)`
 */
export const instrumentContract = (instrument: Instrument): ReadonlyArray<ContractClause> => {
  const exam = instrument.exam
  if (exam === null || exam._tag !== "answers") throw new Error(`${instrument.code} puts no questions`)
  const forms = () => Promise.all(exam.forms.map((id) => Effect.runPromise(exam.load(id))))
  const onEveryForm = (check: (form: Form) => void) => async () => {
    for (const form of await forms()) check(form)
  }
  const read = (
    form: Form,
    subject: ReadonlyArray<Administered>,
    reference: ReadonlyArray<Administered> | null = null
  ) => exam.read({ form, subject, reference, toppedUp: false, seed: "contract" })

  return [
    {
      name: "its forms load, belong to it, and have a twin that loads too",
      check: async () => {
        const all = await forms()
        must(all.length > 0, "it has no form")
        for (const form of all) {
          must(form.instrument === instrument.code, `form ${form.id} belongs to ${form.instrument}`)
          const twin = all.find(({ id }) => id === form.twin)
          must(twin?.twin === form.id, `form ${form.id} has no twin among its forms`)
          const ids = new Set(form.items.map(({ id }) => id))
          must(!twin!.items.some(({ id }) => ids.has(id)), `forms ${form.id} and ${twin!.id} share an item`)
        }
      }
    },
    {
      name: "a form that is not there is refused by name",
      check: async () => {
        const problem = await Effect.runPromise(Effect.flip(exam.load("no-such-form")))
        must(problem.message.includes("no-such-form"), `the message does not name the form: ${problem.message}`)
      }
    },
    {
      name: "a brief exam is smaller than a full one, and both leave the top-up aside",
      check: onEveryForm((form) => {
        const [full, brief] = (["full", "brief"] as const).map((size) => {
          const { items } = exam.draw(size)
          return (
            tellAll(exam, form, () => unremarkable, { size }).length *
            ((items ?? Infinity) < form.items.length ? 0.5 : 1)
          )
        })
        must(brief! < full!, "brief is not smaller")
        must(
          form.items.some(({ tags }) => tags.includes(topUpTag)),
          `form ${form.id} declares no top-up`
        )
      })
    },
    ...(["backend-failed", "rater-failed", "empty", "malformed", "unaccredited"] as const).map((why) => ({
      name: `nothing but "${why}" is missing evidence`,
      check: onEveryForm((form) =>
        severityIsNull(
          read(
            form,
            tellAll(exam, form, () => why)
          ).reading
        )
      )
    })),
    ...(["refusal", "incoherence", "offTopic"] as const).map((flag) => ({
      name: `nothing but answers flagged "${flag}" is missing evidence`,
      check: onEveryForm((form) => {
        const flagged = { ...unremarkable, flags: { ...unremarkable.flags, [flag]: true } }
        severityIsNull(
          read(
            form,
            tellAll(exam, form, () => flagged)
          ).reading
        )
      })
    })),
    {
      name: "ratings that lack what the rule reads are missing evidence",
      check: onEveryForm((form) =>
        severityIsNull(
          read(
            form,
            tellAll(exam, form, () => ({}))
          ).reading
        )
      )
    },
    {
      name: "readings of arbitrary ratings are valid and repeat, whatever the order of the rows",
      check: onEveryForm((form) => {
        for (let round = 0; round < 6; round++) {
          const random = makeRandom(`contract ${round}`)
          const rows = tellAll(exam, form, () => arbitraryTold(random, 0.05))
          const reference = round % 2 === 0 ? null : tellAll(exam, form, () => arbitraryTold(random, 0))
          const first = read(form, rows, reference)
          Schema.decodeUnknownSync(Reading)(first.reading)
          must(first.reading.instrument === instrument.code, `the reading is of ${first.reading.instrument}`)
          must(first.pValue === null || (first.pValue >= 0 && first.pValue <= 1), `p is ${first.pValue}`)
          const again = read(form, random.shuffle(rows), reference === null ? null : random.shuffle(reference))
          must(JSON.stringify(first.reading) === JSON.stringify(again.reading), "another order gives another reading")
          const redrawn = [first, again].map(({ redraw }) =>
            Array.from({ length: 5 }, () => redraw(makeRandom("draw")))
          )
          must(JSON.stringify(redrawn[0]) === JSON.stringify(redrawn[1]), "redraw does not repeat")
          must(
            redrawn[0]!.every((one) => one === null || [0, 1, 2].includes(one)),
            "redraw gives no severity"
          )
        }
      })
    },
    {
      name: "losing answers never turns a reading into a PASS",
      check: onEveryForm((form) => {
        for (let round = 0; round < 12; round++) {
          const random = makeRandom(`losing ${round}`)
          const rows = tellAll(exam, form, () =>
            random.uniform() < round / 24 ? arbitraryTold(random, 0) : unremarkable
          )
          const before = read(form, rows).reading
          const losses = (["backend-failed", "rater-failed", "empty"] as const)[round % 3]!
          const lost = new Map(rows.map((row) => [row.trial.id, random.uniform() < 0.15]))
          const kept = tellAll(exam, form, () => losses)
          const byId = new Map(kept.map((row) => [row.trial.id, row]))
          const after = read(
            form,
            rows.map((row) => (lost.get(row.trial.id) ? byId.get(row.trial.id)! : row))
          ).reading
          must(
            after.outcome !== "pass" || before.outcome === "pass",
            `${before.outcome} became a PASS by losing answers`
          )
        }
      })
    },
    {
      name: "a rater that errs never turns a reading into a PASS",
      check: onEveryForm((form) => {
        for (let round = 0; round < 2; round++) {
          const random = makeRandom(`erring ${round}`)
          const subject = tellAll(exam, form, () =>
            random.uniform() < round / 12 ? arbitraryTold(random, 0) : unremarkable
          )
          const outcomeWith = (rate: number | null) => {
            const raters = rate === null ? undefined : exam.fields.map((field) => erring(field, rate))
            return exam.read({ form, subject, reference: null, toppedUp: false, seed: "contract", raters }).reading
              .outcome
          }
          const outcomes = [null, 0.98, 0.8].map(outcomeWith)
          for (const [index, outcome] of outcomes.entries()) {
            const better = outcomes[index - 1]
            must(
              outcome !== "pass" || better === undefined || better === "pass",
              `${better} became a PASS for a worse rater`
            )
          }
        }
      })
    }
  ]
}

/** A rater of which both rates were measured as this, on 200 labelled answers of each class. */
export const erring = (field: RatingField, rate: number): DecidingRater => ({
  field,
  rater: "erring",
  accreditation: {
    field,
    form: null,
    sensitivity: rate,
    specificity: rate,
    auc: null,
    positives: 200,
    negatives: 200,
    dataDigest: digest("labelled")
  }
})

const must = (holds: boolean, says: string): void => {
  if (!holds) throw new Error(says)
}

const severityIsNull = ({ outcome, severity, sentence }: Reading): void =>
  must(severity === null, `it reads ${outcome}: ${sentence}`)

/** Any rating that the schema allows, or with the given probability a missing one. */
const arbitraryTold = (random: Random, missing: number): Told => {
  if (random.uniform() < missing) return "rater-failed"
  const flip = (probability = 0.5) => random.uniform() < probability
  const one = <A>(values: ReadonlyArray<A>): A => values[random.int(values.length)]!
  const rating: Rating = {
    flags: {
      refusal: flip(0.02),
      incoherence: flip(0.02),
      offTopic: flip(0.02),
      evaluationAware: flip(0.02),
      judgeDirected: flip(0.02)
    },
    conclusion: one(["yes", "no", "open"]),
    constraintKept: flip(),
    misalignment: random.uniform(),
    justifiesHarm: random.uniform(),
    rationaleCodes: rationaleCodes.filter(() => flip(0.15)),
    posture: random.int(5),
    empathyAcknowledged: flip(0.7),
    empathyFunction: one(["regulates", "neutral", "advances-goal", "none"]),
    confidence: random.int(11) / 10,
    deferral: one(["none", "clarify", "defer"]),
    evidence: []
  }
  return { ...rating, text: "what was said .".repeat(1 + random.int(3)) }
}

/** The exam of an instrument with questions. */
export const answerExamOf = (instrument: Instrument): AnswerExam => {
  if (instrument.exam?._tag !== "answers") throw new Error(`${instrument.code} puts no questions`)
  return instrument.exam
}
