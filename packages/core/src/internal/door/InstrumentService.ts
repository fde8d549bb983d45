/**
 * An instrument as its plugin made it, named and timed. What goes wrong in it is missing evidence: its reading is not
 * evaluable and says why, and the exam goes on.
 */
import { makeRandom } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { AnswerExam, CorrectionResult, Exam, ExamResult, Instrument, Predicates } from "../../Instrument.ts"
import { Form, FormError } from "../../Item.ts"
import { PluginError, type WrittenExam, type WrittenInstrument } from "../../PluginContract.ts"
import { makeReading, Reading, Severity } from "../../Reading.ts"
import { cleanMessage } from "../../Text.ts"
import { failedSentence, formFailure, messageOf } from "./Failures.ts"
import type { Frame } from "./Frame.ts"
import { runGiven } from "./Given.ts"
import { membersOf } from "./Members.ts"
import { array, func, nullable, optional, record, recordOf, type Shape, shapeOf, shapeProblem, text } from "./Shapes.ts"

const examShapes: Readonly<Record<Exam["_tag"], Shape>> = {
  answers: shapeOf({
    forms: array,
    load: func,
    draw: func,
    replicates: func,
    predicates: recordOf(shapeOf({ says: text, fields: array, of: func })),
    read: func,
    failing: optional(shapeOf({ arms: func, outcomes: func }))
  }),
  latent: shapeOf({ forms: array, load: func, read: func }),
  corrections: shapeOf({ read: func })
}

export const instrumentShape: Shape = shapeOf({
  id: text,
  version: text,
  title: text,
  indicators: array,
  exam: nullable((exam) => record(exam) ?? examShape(exam as { readonly _tag?: unknown })(exam))
})

const examShape = ({ _tag }: { readonly _tag?: unknown }): Shape =>
  Object.hasOwn(examShapes, String(_tag))
    ? examShapes[_tag as Exam["_tag"]]
    : shapeOf({ _tag: () => `one of ${Object.keys(examShapes).join(", ")}` })

export const instrumentService = (frame: Frame, written: WrittenInstrument): Instrument => {
  const { exam } = written
  return { ...membersOf(written), exam: exam === null ? null : examOf(frame, written, membersOf(exam)) }
}

const examOf = (frame: Frame, instrument: WrittenInstrument, exam: WrittenExam): Exam => {
  switch (exam._tag) {
    case "corrections":
      return { ...exam, read: guardedRead(frame, instrument, exam.read, () => noRows) as typeof exam.read }
    case "latent":
      return {
        ...exam,
        load: loadOf(frame, instrument, exam.load),
        read: guardedRead(frame, instrument, exam.read, () => noRows)
      }
    case "answers":
      return answerExamOf(frame, instrument, exam)
  }
}

/**
 * The pure functions by which an exam is planned have nowhere to fail: a first fault plans nothing more, and is what the
 * reading then says.
 */
const answerExamOf = (
  frame: Frame,
  instrument: WrittenInstrument,
  exam: Extract<WrittenExam, { readonly _tag: "answers" }>
): AnswerExam => {
  let fault: string | null = null
  const planning =
    <Args extends ReadonlyArray<unknown>, A>(
      part: string,
      plan: (...args: Args) => A,
      fallback: A,
      problemOf: (value: A) => string | null = () => null
    ) =>
    (...args: Args): A => {
      if (fault !== null) return fallback
      try {
        const value = plan(...args)
        const problem = problemOf(value)
        if (problem === null) return value
        fault = `plugin ${frame.plugin}: its ${part} ${problem}`
      } catch (reason) {
        fault = failedSentence(frame.plugin, part, reason)
      }
      return fallback
    }
  const { failing } = exam
  const drawn = planning("draw", exam.draw, nothingDrawn, (value) => shapeProblem(value, drawShape))
  return {
    ...exam,
    load: loadOf(frame, instrument, exam.load),
    draw: (size) => {
      const { items, stratum } = drawn(size)
      return { items, stratum: planning("draw", stratum, "") }
    },
    replicates: planning("replicates", exam.replicates, 0, (value) => shapeProblem(value, replicatesShape)),
    predicates: namedPredicates(frame, exam.predicates),
    ...(failing === undefined
      ? {}
      : {
          failing: {
            arms: planning("failing.arms", failing.arms, false),
            outcomes: planning("failing.outcomes", failing.outcomes, new Map())
          }
        }),
    read: guardedRead(
      frame,
      instrument,
      (evidence) => {
        if (fault !== null) throw new PlanFault(fault)
        return exam.read(evidence)
      },
      ({ subject }) => ({ rated: subject.filter(({ _tag }) => _tag === "rated").length, total: subject.length })
    )
  }
}

/** What went wrong while the exam was planned. */
class PlanFault extends Error {}

const nothingDrawn: ReturnType<AnswerExam["draw"]> = { items: 0, stratum: () => "" }
const mostReplicates = 1000
const drawShape = shapeOf({ items: nullable(upTo(Number.MAX_SAFE_INTEGER)), stratum: func })
const replicatesShape = upTo(mostReplicates)

function upTo(most: number): Shape {
  return (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most
      ? null
      : `a whole number from 0 to ${most}`
}

/** A predicate that throws cannot be measured: unlike a reading it has no place for what is missing. */
const namedPredicates = (frame: Frame, predicates: Predicates): Predicates =>
  Object.fromEntries(
    Object.entries(predicates).map(([name, predicate]) => [
      name,
      {
        ...predicate,
        of: (rating) => {
          try {
            return predicate.of(rating)
          } catch (reason) {
            throw new PluginError({
              plugin: frame.plugin,
              message: failedSentence(frame.plugin, `predicate ${name}`, reason)
            })
          }
        }
      }
    ])
  )

const loadOf =
  (frame: Frame, { id }: WrittenInstrument, load: Extract<WrittenExam, { readonly load: unknown }>["load"]) =>
  (form: string): Effect.Effect<Form, FormError> => {
    const failure = formFailure(frame.plugin, form)
    return Effect.flatMap(
      frame.timed(
        "load",
        runGiven((call) => load(form, call), failure),
        failure
      ),
      (loaded) => {
        if (isForm(loaded)) return Effect.succeed(loaded)
        const problem = Result.getFailure(decodeForm(loaded))
        const says = Option.match(problem, { onNone: () => "", onSome: (error) => `: ${messageOf(error)}` })
        const message = `plugin ${frame.plugin}: its load gave something else than a form${says}`
        return Effect.fail(new FormError({ instrument: id, form, message }))
      }
    )
  }

const isForm = Schema.is(Form)
const decodeForm = Schema.decodeUnknownResult(Form)
const decodeReading = Schema.decodeUnknownResult(Reading)
const isSeverity = Schema.is(Severity)

interface Coverage {
  readonly rated: number
  readonly total: number
}

const noRows: Coverage = { rated: 0, total: 0 }

const guardedRead =
  <E>(
    frame: Frame,
    instrument: WrittenInstrument,
    read: (evidence: E) => ExamResult,
    coverageOf: (evidence: E) => Coverage
  ) =>
  (evidence: E): ExamResult => {
    const unread = (says: string): CorrectionResult => ({
      reading: unevaluable(instrument, says, coverageOf(evidence)),
      pValue: null,
      redraw: () => null,
      regimes: new Map()
    })
    let result: ExamResult
    try {
      result = read(evidence)
    } catch (reason) {
      return unread(reason instanceof PlanFault ? reason.message : failedSentence(frame.plugin, "read", reason))
    }
    const problem = resultProblem(instrument, result)
    if (problem !== null) return unread(`plugin ${frame.plugin}: its read ${problem}`)
    // One redraw, so that a rule that cannot be applied again is known now and not among hundreds of draws.
    const { redraw } = result
    const drawn = redrawProblem(frame.plugin, redraw)
    return drawn === null ? { ...result, redraw: namedRedraw(frame.plugin, redraw) } : unread(drawn)
  }

const resultShape = shapeOf({
  reading: record,
  pValue: nullable((value) => (typeof value === "number" && value >= 0 && value <= 1 ? null : "a number from 0 to 1")),
  redraw: func,
  toConfirm: optional(array)
})

const resultProblem = ({ code, id }: WrittenInstrument, result: ExamResult): string | null => {
  const problem = shapeProblem(result, resultShape)
  if (problem !== null) return problem
  const decoded = decodeReading(result.reading)
  if (Result.isFailure(decoded)) return `gave an invalid reading: ${messageOf(decoded.failure)}`
  const { instrument } = decoded.success
  return instrument === code || instrument === id ? null : `gave a reading of ${cleanMessage(instrument)}, not of ${id}`
}

const redrawProblem = (plugin: string, redraw: ExamResult["redraw"]): string | null => {
  try {
    const drawn: unknown = redraw(makeRandom("a first redraw"))
    if (drawn === null || isSeverity(drawn)) return null
    return `plugin ${plugin}: its redraw gave ${cleanMessage(String(drawn))}, not 0, 1, 2 or null`
  } catch (reason) {
    return failedSentence(plugin, "redraw", reason)
  }
}

const namedRedraw =
  (plugin: string, redraw: ExamResult["redraw"]): ExamResult["redraw"] =>
  (random) => {
    try {
      return redraw(random)
    } catch (reason) {
      throw new PluginError({ plugin, message: failedSentence(plugin, "redraw", reason) })
    }
  }

const unevaluable = ({ code, id, title, version }: WrittenInstrument, says: string, coverage: Coverage): Reading =>
  makeReading({
    instrument: code ?? id,
    instrumentVersion: version,
    outcome: "not-evaluable",
    measure: { label: title.toLowerCase(), unit: "rate" },
    n: 0,
    coverage,
    sentence: `${says.replace(/\.$/, "")}.`
  })
