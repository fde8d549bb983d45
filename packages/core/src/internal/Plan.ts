/** The administration plan: which trials, in which order, from one seed. */
import { deriveSeed, makeRandom } from "@model-intake/psychometrics"
import type { Decoding } from "../Backend.ts"
import type { Exam, ExamSize, Instrument } from "../Instrument.ts"
import type { Form, Item } from "../Item.ts"
import type { Subject } from "../Subject.ts"
import { makeTrial, type Trial } from "../Trial.ts"

export interface PlannedInstrument {
  readonly instrument: Instrument
  readonly exam: Exam
  readonly form: Form
}

export interface PlanOptions {
  readonly subject: Subject
  readonly size: ExamSize
  readonly seed: string
  readonly decoding: Omit<Decoding, "seed">
  /** Whether the examinee takes a sampling seed. */
  readonly seeded: boolean
}

/**
 * Items x arms x replicates of every instrument, in one shuffled order. Each trial has a sampling seed of its own, so
 * that neither the order nor the batch in which it is put changes its answer. A subject and its reference get the same
 * items and seeds.
 */
export const planTrials = (
  instruments: ReadonlyArray<PlannedInstrument>,
  options: PlanOptions
): ReadonlyArray<Trial> => {
  const trials = instruments.flatMap(({ instrument, exam, form }) =>
    drawItems(form, exam.items(options.size), options.seed).flatMap((item) =>
      item.arms.flatMap((arm) =>
        Array.from({ length: exam.replicates(options.size) }, (_, replicate) =>
          makeTrial({
            instrument: instrument.code,
            instrumentVersion: instrument.version,
            form: form.id,
            item: item.id,
            itemVersion: item.version,
            arm: arm.id,
            replicate,
            request: {
              subject: options.subject,
              wrapper: null,
              system: arm.system,
              turns: arm.turns,
              decoding: {
                ...options.decoding,
                seed: options.seeded
                  ? samplingSeed(options.seed, [instrument.code, form.id, item.id, arm.id, replicate])
                  : null
              }
            }
          })
        )
      )
    )
  )
  return makeRandom(deriveSeed(options.seed, "order")).shuffle(trials)
}

/** A smaller exam takes a seeded draw of the form's items, whatever the order in which they stand. */
const drawItems = (form: Form, count: number | null, seed: string): ReadonlyArray<Item> => {
  if (count === null || count >= form.items.length) return form.items
  const ordered = form.items.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return makeRandom(deriveSeed(seed, `items ${form.instrument} ${form.id}`))
    .shuffle(ordered)
    .slice(0, count)
}

/** A non-negative 31-bit seed: what every backend takes. */
const samplingSeed = (seed: string, name: ReadonlyArray<string | number>): number =>
  makeRandom(deriveSeed(seed, JSON.stringify(name))).int(2 ** 31)
