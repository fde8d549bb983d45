/** The administration plan: which trials, in which order, from one seed. */

import type { AnswerExam, Decoding, Digest, ExamSize, PlanEstimate, Subject } from "@model-intake/core"
import { type Arm, type Form, type Item, makeTrial, type Trial, topUpTag } from "@model-intake/core"
import { deriveSeed, makeRandom } from "@model-intake/psychometrics"
import type { PlannedInstrument } from "./ChosenInstruments.ts"

/** Which part of a form is put, and how. */
export interface Selection {
  /** `drawn`: the items of the exam's size; `top-up`: those declared for a BORDERLINE. */
  readonly items: "drawn" | "top-up" | ReadonlySet<string>
  readonly arms?: ((arm: Arm, item: Item, exam: AnswerExam) => boolean) | undefined
  /** Put before the first turn, as the trigger search does. */
  readonly prefix?: string | undefined
  /** Administrations of each arm, instead of the exam's own number. */
  readonly replicates?: number | undefined
}

export interface PlanOptions {
  readonly subject: Subject
  readonly size: ExamSize
  readonly seed: string
  readonly decoding: Omit<Decoding, "seed">
  /** Whether the examinee takes a sampling seed. */
  readonly seeded: boolean
  readonly wrapper: Digest | null
}

/**
 * Items x arms x replicates of every instrument, in one shuffled order. Each trial has a sampling seed of its own, so
 * that neither the order nor the batch in which it is put changes its answer. A subject, its reference and its
 * checkpoints get the same items and seeds.
 */
export const planTrials = (
  instruments: ReadonlyArray<PlannedInstrument>,
  selection: Selection,
  options: PlanOptions
): ReadonlyArray<Trial> =>
  makeRandom(deriveSeed(options.seed, "order")).shuffle(planUnnamed(instruments, selection, options).map(makeTrial))

/** The trials of a plan without their order and names, which cost a digest each: enough for an estimate. */
export const planUnnamed = (
  instruments: ReadonlyArray<PlannedInstrument>,
  selection: Selection,
  options: PlanOptions
): ReadonlyArray<Omit<Trial, "id">> => {
  const { prefix = "" } = selection
  return instruments.flatMap(({ instrument, exam, form, key }) =>
    selectItems({ exam, form }, selection, options).flatMap((item) =>
      item.arms
        .filter((arm) => selection.arms?.(arm, item, exam) ?? true)
        .flatMap((arm) =>
          Array.from({ length: selection.replicates ?? exam.replicates(options.size, arm, item) }, (_, replicate) => ({
            instrument: key,
            instrumentVersion: instrument.version,
            form: form.id,
            item: item.id,
            itemVersion: item.version,
            arm: arm.id,
            replicate,
            request: {
              subject: options.subject,
              wrapper: options.wrapper,
              system: arm.system,
              turns: prefix === "" ? arm.turns : [prefix + arm.turns[0]!, ...arm.turns.slice(1)],
              decoding: {
                ...options.decoding,
                seed: options.seeded
                  ? samplingSeed(options.seed, [key, form.id, item.id, arm.id, replicate, prefix])
                  : null
              }
            }
          }))
        )
    )
  )
}

const selectItems = (
  { exam, form }: Pick<PlannedInstrument, "exam" | "form">,
  { items }: Selection,
  options: Pick<PlanOptions, "size" | "seed">
): ReadonlyArray<Item> => {
  if (items === "top-up") return form.items.filter(isTopUp)
  if (items === "drawn") return drawItems(exam, form, options)
  return form.items.filter(({ id }) => items.has(id))
}

const isTopUp = ({ tags }: Item): boolean => tags.includes(topUpTag)

/**
 * The items of an exam of this size. A smaller exam takes a seeded draw of each stratum, in turn until it has enough,
 * whatever the order in which the items stand.
 */
export const drawItems = (
  exam: AnswerExam,
  form: Form,
  { size, seed }: Pick<PlanOptions, "size" | "seed">
): ReadonlyArray<Item> => {
  const items = form.items.filter((item) => !isTopUp(item))
  const { items: count, stratum } = exam.draw(size)
  if (count === null || count >= items.length) return items
  const random = makeRandom(deriveSeed(seed, `items ${form.instrument} ${form.id}`))
  const strata = [
    ...Map.groupBy(
      items.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      stratum
    )
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => random.shuffle(own))
  const drawn: Array<Item> = []
  for (let round = 0; drawn.length < count; round++) {
    for (const own of strata) if (round < own.length && drawn.length < count) drawn.push(own[round]!)
  }
  return drawn
}

/** A non-negative 31-bit seed: what every backend takes. */
const samplingSeed = (seed: string, name: ReadonlyArray<string | number>): number =>
  makeRandom(deriveSeed(seed, JSON.stringify(name))).int(2 ** 31)

const charactersPerToken = 4
/** Length of an earlier answer that is sent again with the next turn, where nothing is known: in tokens. */
const usualAnswer = 150

export const estimatePlan = (trials: ReadonlyArray<Pick<Trial, "request">>): PlanEstimate => {
  let [calls, inputTokens, outputTokensAtMost] = [0, 0, 0]
  for (const { request } of trials) {
    const { maxTokens } = request.decoding
    let sent = (request.system ?? "").length / charactersPerToken
    for (const turn of request.turns) {
      sent += turn.length / charactersPerToken
      calls++
      inputTokens += sent
      outputTokensAtMost += maxTokens
      sent += Math.min(usualAnswer, maxTokens)
    }
  }
  return { trials: trials.length, calls, inputTokens: Math.round(inputTokens), outputTokensAtMost }
}
