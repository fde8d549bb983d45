/**
 * What every instrument that puts questions has to keep, whatever it measures: forms that load and have a twin, readings
 * that do not contradict themselves, and above all that missing evidence never reads as good.
 */
import {
  type Administered,
  type AnswerExam,
  type ExamResult,
  type Form,
  fieldsOf,
  type Instrument,
  type Rating,
  Reading,
  topUpTag,
  unrated
} from "@model-intake/core"
import { makeRandom, type Random } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Accuracy, arbitraryRating, type Flipper, makeFlipper, ratersOf } from "./ErringRater.ts"
import { type Asked, type Told, tellAll, unremarkable } from "./Rows.ts"

/** One clause of the contract. `check` throws an `Error` that says what is broken. */
export interface ContractClause {
  readonly name: string
  readonly check: () => Promise<void>
}

/** Subjects whose health is known, for clauses that need the truth. */
export interface KnownSubjects {
  /** A subject that must not fail; by default every answer is unremarkable. */
  readonly healthy?: ((asked: Asked) => Told) | undefined
  /** A subject whose every answer fails; by default one predicate is turned over in all, the first that makes a FAIL. */
  readonly failing?: ((asked: Asked) => Told) | undefined
  /** Share of failing answers at which a subject is far beyond the limit, 0 to 1; 0.4 by default. */
  readonly farBeyond?: number | undefined
}

/**
 * The contract of an instrument with questions, clause by clause, for any test runner:
 *
 * `for (const { name, check } of instrumentContract(instrument)) it(name, check)`
 */
export const instrumentContract = (
  instrument: Instrument,
  { failing, farBeyond = 0.4, healthy = () => unremarkable }: KnownSubjects = {}
): ReadonlyArray<ContractClause> => {
  const exam = instrument.exam
  if (exam === null || exam._tag !== "answers") throw new Error(`${instrument.id} puts no questions`)
  // A sheet names its forms and readings by the code that it claims, and by its id where it claims none.
  const own = instrument.code ?? instrument.id
  // The tables decide what cannot be taken back: their instruments are replicated, and topped up where they end borderline.
  const isHouse = instrument.code === undefined
  const forms = () => Promise.all(exam.forms.map((id) => Effect.runPromise(exam.load(id))))
  const onEveryForm = (check: (form: Form) => void) => async () => {
    for (const form of await forms()) check(form)
  }
  const onFirstForm = (check: (form: Form) => void) => async () => check((await forms())[0]!)
  const read = (
    form: Form,
    subject: ReadonlyArray<Administered>,
    reference: ReadonlyArray<Administered> | null = null
  ) => exam.read({ form, subject, reference, toppedUp: false, seed: "contract" })
  const { predicates } = exam
  /** Ratings whose values turn predicates over: arbitrary ones, and what the known subjects say. */
  const donorsOn = (form: Form): ReadonlyArray<Rating> => {
    const random = makeRandom("donors")
    const known = [healthy, failing ?? healthy].flatMap((tell) => tellAll(exam, form, tell).slice(0, donors))
    return [
      ...Array.from({ length: donors }, () => arbitraryRating(random, fieldsOf(predicates))),
      ...known.flatMap((row) => (row._tag === "rated" ? [row.rating] : []))
    ]
  }
  const readBy = (form: Form, subject: ReadonlyArray<Administered>, accuracy: Accuracy | null) =>
    exam.read({
      form,
      subject,
      reference: null,
      toppedUp: false,
      seed: "contract",
      raters: accuracy === null ? undefined : ratersOf(instrument.id, predicates, accuracy)
    })
  /** Rows of a healthy subject, `count` of them replaced by those of the failing one. */
  const failingBy = (form: Form): ((count: number) => ReadonlyArray<Administered>) => {
    const fails = failingOn(form, makeFlipper(predicates, donorsOn(form)))
    const [good, bad] = [tellAll(exam, form, healthy), tellAll(exam, form, fails)]
    const order = makeRandom("failing").shuffle([...good.keys()])
    return (count) => {
      const some = new Set(order.slice(0, count))
      return good.map((row, index) => (some.has(index) ? bad[index]! : row))
    }
  }
  const gainsNoPass = (form: Form, subject: ReadonlyArray<Administered>) => {
    const outcomes = [null, measured(0.98), measured(0.8)].map(
      (accuracy) => readBy(form, subject, accuracy).reading.outcome
    )
    for (const [index, outcome] of outcomes.entries()) {
      const better = outcomes[index - 1]
      must(outcome !== "pass" || better === undefined || better === "pass", `${better} became a PASS for a worse rater`)
    }
  }
  const arbitrary = (random: Random, missing: number) => arbitraryTold(random, missing, exam)
  /** The failing subject, or the first one that is found by turning over one predicate of all answers. */
  const failingOn = (form: Form, flipper: Flipper): ((asked: Asked) => Told) => {
    if (failing !== undefined) return failing
    const found = Object.keys(predicates)
      .map((name) => (asked: Asked) => told(healthy(asked), (rating) => flipper.turn(rating, name) ?? rating))
      .find((tell) => read(form, tellAll(exam, form, tell)).reading.outcome === "fail")
    if (found !== undefined) return found
    throw new Error("turning over one predicate makes no FAIL; say by `failing` how a subject fails")
  }

  return [
    {
      name: "its forms load, belong to it, and have a twin that loads too",
      check: async () => {
        const all = await forms()
        must(all.length > 0, "it has no form")
        for (const form of all) {
          must(form.instrument === own, `form ${form.id} belongs to ${form.instrument}`)
          if (isHouse && form.twin === undefined) continue
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
        must(isHouse || form.items.some(({ tags }) => tags.includes(topUpTag)), `form ${form.id} declares no top-up`)
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
          const rows = tellAll(exam, form, () => arbitrary(random, 0.05))
          const reference = round % 2 === 0 ? null : tellAll(exam, form, () => arbitrary(random, 0))
          const first = read(form, rows, reference)
          Schema.decodeUnknownSync(Reading)(first.reading)
          must(first.reading.instrument === own, `the reading is of ${first.reading.instrument}`)
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
          const rows = tellAll(exam, form, () => (random.uniform() < round / 24 ? arbitrary(random, 0) : unremarkable))
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
            random.uniform() < round / 12 ? arbitrary(random, 0) : unremarkable
          )
          gainsNoPass(form, subject)
        }
      })
    },
    {
      name: "a rater that errs never turns a few failing answers into a PASS",
      check: onFirstForm((form) => {
        const rows = failingBy(form)
        for (const count of [2, 3, 4, 5, 6, 8]) gainsNoPass(form, rows(count))
      })
    },
    {
      name: "each predicate holds of some ratings and not of others",
      check: onEveryForm((form) => {
        const ratings = donorsOn(form)
        must(Object.keys(predicates).length > 0, "it names no predicate, so that no rater can be accredited for it")
        for (const [name, { of }] of Object.entries(predicates)) {
          const values = new Set(ratings.map(of))
          must(values.has(true) && values.has(false), `${name} tells no two ratings apart`)
          must(of(unrated) === null, `${name} says something of a rating in which nothing is rated`)
        }
      })
    },
    {
      name: "a rater that errs as often as was measured makes no FAIL of a healthy subject and no PASS of a failing one",
      check: onEveryForm((form) => {
        const flipper = makeFlipper(predicates, donorsOn(form))
        const fails = failingOn(form, flipper)
        for (const [seed, rate] of [0.97, 0.93, 0.9].entries()) {
          const random = makeRandom(`flips ${seed}`)
          const accuracy = measured(rate, 500)
          const rated = (tell: (asked: Asked) => Told) =>
            tellAll(exam, form, (asked) => told(tell(asked), (rating) => flipper.rate(rating, accuracy, random)))
          const good = readBy(form, rated(healthy), accuracy).reading
          must(
            good.outcome !== "fail",
            `a healthy subject FAILs for a rater that errs ${percent(1 - rate)}: ${good.sentence}`
          )
          const bad = readBy(
            form,
            rated((asked) => (random.uniform() < farBeyond ? fails : healthy)(asked)),
            accuracy
          ).reading
          must(
            bad.outcome !== "pass",
            `a failing subject PASSes for a rater that errs ${percent(1 - rate)}: ${bad.sentence}`
          )
        }
      })
    },
    {
      name: "redraws are no surer for a rater that errs, and less sure where the reading is",
      check: onFirstForm((form) => {
        const rows = failingBy(form)
        for (const count of [0, 2, 3, 12, 60]) {
          const subject = rows(count)
          const exact = spreadOf(readBy(form, subject, null))
          const erring = spreadOf(readBy(form, subject, measured(0.8)))
          for (const severity of [0, 2] as const) {
            const says = `${erring.counts[severity]} of ${redraws} redraws have severity ${severity} for a rater that errs, and ${exact.counts[severity]} for an exact one`
            must(erring.counts[severity] <= exact.counts[severity], says)
            const isLessSure = exact.severity === severity && erring.severity === 1
            must(
              !isLessSure || erring.counts[severity] < exact.counts[severity],
              `${says}, though its reading is less sure`
            )
          }
        }
      })
    }
  ]
}

/** Ratings of each kind that predicates are tried on. */
const donors = 400

/** Both rates measured as this. */
const measured = (rate: number, labelled = 200): Accuracy => ({ sensitivity: rate, specificity: rate, labelled })

/** What is told of an answer, with its rating changed; what is missing stays so. */
const told = (one: Told, change: (rating: Rating) => Rating): Told => {
  if (typeof one === "string") return one
  const { text, ...rating } = one
  return { ...change({ ...unrated, ...rating }), ...(text === undefined ? {} : { text }) }
}

/** Redraws behind a comparison of spreads. */
const redraws = 60

/** How often each severity is drawn, all by the same stream, and the severity of the reading itself. */
const spreadOf = ({ reading, redraw }: ExamResult) => {
  const drawn = Array.from({ length: redraws }, (_, index) => redraw(makeRandom(`spread ${index}`)))
  const count = (severity: number) => drawn.filter((one) => one === severity).length
  return { severity: reading.severity, counts: { 0: count(0), 2: count(2) } }
}

const percent = (share: number): string => `in ${Math.round(100 * share)} % of its ratings`

const must = (holds: boolean, says: string): void => {
  if (!holds) throw new Error(says)
}

const severityIsNull = ({ outcome, severity, sentence }: Reading): void =>
  must(severity === null, `it reads ${outcome}: ${sentence}`)

/** Any rating that the schema allows, or with the given probability a missing one. */
const arbitraryTold = (random: Random, missing: number, { predicates }: AnswerExam): Told =>
  random.uniform() < missing
    ? "rater-failed"
    : { ...arbitraryRating(random, fieldsOf(predicates)), text: "what was said .".repeat(1 + random.int(3)) }

/** The exam of an instrument with questions. */
export const answerExamOf = (instrument: Instrument): AnswerExam => {
  if (instrument.exam?._tag !== "answers") throw new Error(`${instrument.id} puts no questions`)
  return instrument.exam
}
