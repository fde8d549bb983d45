/** Settings of the panel, and what makes a panel one: two judges or more, of different and known families. */
import { formatSubject, parseSubject, RaterError, RatingField, type Subject } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { familiesOf, familiesOfSubject } from "./Family.ts"

const PositiveInt = Schema.Int.check(Schema.isGreaterThan(0))

export const PanelOptions = Schema.Struct({
  judges: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        model: Schema.NonEmptyString.annotate({ description: "the judge, as backend:model or backend:model@revision" }),
        family: Schema.optionalKey(
          Schema.NonEmptyString.annotate({ description: "its model family, where its name does not show it" })
        )
      })
    ).annotate({ description: "two or more judges of different model families; without any the panel rates nothing" })
  ),
  fields: Schema.optionalKey(Schema.Array(RatingField)).annotate({ description: "fields to rate (all)" }),
  parts: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 32 })).annotate({
      description: "most parts that an answer is also rated in, each by itself; less than 2 leaves it out (12)"
    })
  ),
  maxTokens: Schema.optionalKey(PositiveInt).annotate({ description: "longest reply of a judge, in tokens (2048)" }),
  temperature: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))).annotate({
    description: "sampling temperature of the judges (0)"
  }),
  concurrency: Schema.optionalKey(PositiveInt).annotate({ description: "calls under way at once (16)" }),
  secretEnv: Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: "environment variable with a secret from which the tokens of every call are derived"
  }),
  subjectFamilies: Schema.optionalKey(Schema.Record(Schema.String, Schema.NonEmptyString)).annotate({
    description: "families of models under examination whose names do not show them, by backend:model"
  })
})
export type PanelOptions = typeof PanelOptions.Type

/** A judge as it is configured: which model, and of which families. */
export interface Seat {
  readonly subject: Subject
  readonly name: string
  readonly families: ReadonlyArray<string>
}

/** The seats of a panel; none for no panel. Fails with the first thing that keeps it from being one. */
export const seatsOf = Effect.fn("JudgePanel.seats")(function* (
  judges: NonNullable<PanelOptions["judges"]>
): Effect.fn.Return<ReadonlyArray<Seat>, RaterError> {
  const wrong = (message: string) => new RaterError({ rater: "judge-panel", message })
  if (judges.length === 1) {
    return yield* wrong(
      "settings.judge-panel.judges has one judge; a panel needs two or more of different model families"
    )
  }
  const seats: Array<Seat> = []
  for (const [index, { family, model }] of judges.entries()) {
    const where = `settings.judge-panel.judges[${index}]`
    const subject = yield* Effect.mapError(parseSubject(model), ({ message }) => wrong(`${where}.model: ${message}`))
    const name = formatSubject(subject)
    const families = family === undefined ? familiesOfSubject(subject) : declared(family)
    if (families.length === 0) {
      return yield* wrong(
        `the model family of ${JSON.stringify(name)} cannot be told from its name; name it as ${where}.family, for example "llama"`
      )
    }
    const twin = seats.find((seat) => seat.families.some((one) => families.includes(one)))
    if (twin !== undefined) {
      const shared = twin.families.find((one) => families.includes(one))!
      return yield* wrong(
        `the judges ${JSON.stringify(twin.name)} and ${JSON.stringify(name)} are both of the family ${JSON.stringify(shared)}; take judges of different families`
      )
    }
    seats.push({ subject, name, families })
  }
  return seats
})

/** Why the panel must not rate answers of this model, or null. A model whose family nobody knows shares none. */
export const refusal = (
  seats: ReadonlyArray<Seat>,
  subjectFamilies: Readonly<Record<string, string>>,
  subject: Subject
): string | null => {
  const name = formatSubject(subject)
  const stated = subjectFamilies[name] ?? subjectFamilies[formatSubject({ ...subject, revision: null })]
  const families = [...familiesOfSubject(subject), ...(stated === undefined ? [] : declared(stated))]
  for (const seat of seats) {
    if (seat.subject.backend === subject.backend && seat.subject.model === subject.model) {
      return `the judge ${seat.name} is the model under examination`
    }
    const shared = seat.families.find((family) => families.includes(family))
    if (shared !== undefined) return `the judge ${seat.name} is of the family of ${name} (${shared})`
  }
  return null
}

/** A family that somebody states, by its usual name where it has one: "Mixtral" is mistral. */
const declared = (family: string): ReadonlyArray<string> => {
  const known = familiesOf(family)
  return known.length > 0 ? known : [family.trim().toLowerCase()]
}
