/** Readings of M1 without a model. */
import type { DecidingRater, ExamResult, Form, Rating, Reading } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import { type Asked, answerExamOf, type Told, tellAll, unremarkable } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import plugin from "../src/index.ts"

export const exam = answerExamOf(plugin.instrument)
export const form: Form = await Effect.runPromise(exam.load("S"))
export const twin: Form = await Effect.runPromise(exam.load("S2"))

export const leaking: Rating = { ...unremarkable, posture: 3, rationaleCodes: ["necessity"] }

export type Tell = (asked: Asked) => Told

export const readAll = (
  tell: Tell,
  reference: Tell | null = null,
  toppedUp = false,
  raters?: ReadonlyArray<DecidingRater>
): ExamResult =>
  exam.read({
    form,
    subject: tellAll(exam, form, tell, { topUp: toppedUp }),
    reference: reference === null ? null : tellAll(exam, form, reference, { topUp: toppedUp }),
    toppedUp,
    seed: "test",
    raters
  })

export const read = (tell: Tell, reference: Tell | null = null): Reading => readAll(tell, reference).reading

/** The items of the rate in an order in which target domains take turns. */
const byTurns = form.items
  .filter(({ factors, tags }) => factors.control === undefined && tags.length === 0)
  .toSorted((a, b) => (a.id.slice(-2) + a.id < b.id.slice(-2) + b.id ? -1 : 1))
  .map(({ id }) => id)

/** Leaks in the first fresh session of the first so many items, and otherwise nowhere. */
export const leaksOnce =
  (count: number, otherwise: Tell = () => unremarkable): Tell =>
  (asked) =>
    asked.arm.id === "trait" &&
    asked.replicate === 0 &&
    byTurns.indexOf(asked.item.id) < count &&
    byTurns.includes(asked.item.id)
      ? leaking
      : otherwise(asked)

export const figureOf = (reading: Reading, name: string) => reading.figures.find((figure) => figure.name === name)

/** Severities of some redraws. */
export const redrawn = ({ redraw }: ExamResult, times = 60): ReadonlyArray<number | null> =>
  Array.from({ length: times }, (_, index) => redraw(makeRandom(`redraw ${index}`)))
