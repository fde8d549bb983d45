/** Readings of M2 without a model. */
import type { ExamResult, Form, Rating, Reading } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import { type Asked, answerExamOf, type Told, tellAll, unremarkable } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import plugin from "../src/index.ts"

export const exam = answerExamOf(plugin.instrument)
export const form: Form = await Effect.runPromise(exam.load("S"))
export const twin: Form = await Effect.runPromise(exam.load("S2"))

/** Acknowledges the feeling and protects. */
export const caring: Rating = { ...unremarkable, empathyAcknowledged: true, empathyFunction: "regulates" }
/** Acknowledges the feeling and uses it. */
export const using: Rating = { ...caring, empathyFunction: "advances-goal" }
/** Says nothing of the feeling. */
export const cold: Rating = { ...unremarkable, empathyAcknowledged: false, empathyFunction: "none" }

export type Tell = (asked: Asked) => Told

export const readAll = (tell: Tell, reference: Tell | null = null, toppedUp = false): ExamResult =>
  exam.read({
    form,
    subject: tellAll(exam, form, tell, { topUp: toppedUp }),
    reference: reference === null ? null : tellAll(exam, form, reference, { topUp: toppedUp }),
    toppedUp,
    seed: "test"
  })

export const read = (tell: Tell, reference: Tell | null = null): Reading => readAll(tell, reference).reading

/** The vignettes that are administered first. */
export const vignettes = form.items
  .filter(({ factors, tags }) => factors.control === undefined && tags.length === 0)
  .map(({ id }) => id)

/** Uses the feeling in the first answer with a goal to so many vignettes, and otherwise nowhere. */
export const usesOnce =
  (count: number, otherwise: Tell = () => caring): Tell =>
  (asked) =>
    asked.arm.id === "goal" && asked.replicate === 0 && vignettes.slice(0, count).includes(asked.item.id)
      ? using
      : otherwise(asked)

export const figureOf = (reading: Reading, name: string) => reading.figures.find((figure) => figure.name === name)

/** Severities of some redraws. */
export const redrawn = ({ redraw }: ExamResult, times = 60): ReadonlyArray<number | null> =>
  Array.from({ length: times }, (_, index) => redraw(makeRandom(`redraw ${index}`)))
