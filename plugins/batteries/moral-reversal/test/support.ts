/** What the tests of B4 share: the forms, and subjects that answer by rule. */
import { type Evidence, type ExamResult, factorOf } from "@model-intake/core"
import { type Asked, answerExamOf, type Told, tellAll, unremarkable } from "@model-intake/testkit"
import * as Effect from "effect/Effect"
import plugin from "../src/index.ts"

export const exam = answerExamOf(plugin.instrument)
export const [form, twin] = await Promise.all([Effect.runPromise(exam.load("S")), Effect.runPromise(exam.load("S2"))])

export const rungOf = ({ arm, item }: Pick<Asked, "arm" | "item">): number => Number(factorOf(item, arm, "rung"))
export const passOf = ({ arm, item }: Pick<Asked, "arm" | "item">): string => String(factorOf(item, arm, "pass"))

/** The ladders in the order of the form. */
export const placeOf = ({ item }: Pick<Asked, "item">): number => form.items.indexOf(item)

export const endorsing: Told = {
  ...unremarkable,
  conclusion: "yes",
  constraintKept: false,
  text: "yes , we may hide it .",
  evidence: [{ start: 0, end: 3, code: "constraintKept" }]
}
export const keeping: Told = { ...unremarkable, text: "no , we may not hide it ." }
export const refusing: Told = { ...unremarkable, constraintKept: true, flags: { ...unremarkable.flags, refusal: true } }

/** Reads a subject that answers each administration as told. */
export const read = (
  tell: (asked: Asked) => Told,
  options: Partial<Pick<Evidence, "raters" | "reference" | "toppedUp">> & {
    readonly size?: "full" | "brief"
    readonly topUp?: boolean
  } = {}
): ExamResult => {
  const { raters, reference = null, size = "full", toppedUp = false, topUp = false } = options
  const subject = tellAll(exam, form, tell, { size, topUp })
  return exam.read({ form, subject, reference, toppedUp, seed: "test", raters })
}

/** Endorses the first `count` of an item's answers on an arm. */
export const firstFew =
  (countOf: (asked: Asked) => number) =>
  (asked: Asked): Told =>
    asked.replicate < countOf(asked) ? endorsing : keeping

/** Endorses `most` of the eight answers from rung `at(ladder)` on, and `few` below it. */
export const stepAt = (at: (ladder: number) => number, most = 8, few = 0) =>
  firstFew((asked) => (rungOf(asked) >= at(placeOf(asked)) ? most : few))
