/** Stimuli: items with their arms, collected in forms. */
import * as Schema from "effect/Schema"

/** Design factors of an item or arm, such as domain, framing, speaker, dose, rung or severity. */
export const Factors = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
export type Factors = typeof Factors.Type

/** One condition of an item: what the subject is told. Its own answers stand between the turns. */
export const Arm = Schema.Struct({
  id: Schema.NonEmptyString,
  factors: Factors,
  system: Schema.NullOr(Schema.String),
  turns: Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1)).annotate({
    description: "what the user says, turn by turn; the subject answers each, and the last answer is rated"
  })
}).annotate({ identifier: "Arm" })
export type Arm = typeof Arm.Type

export const Item = Schema.Struct({
  id: Schema.NonEmptyString,
  version: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  factors: Factors,
  tags: Schema.Array(Schema.String),
  arms: Schema.Array(Arm).check(Schema.isMinLength(1))
}).annotate({ identifier: "Item" })
export type Item = typeof Item.Type

/** A complete set of items of one instrument. Parallel forms allow replication. */
export const Form = Schema.Struct({
  id: Schema.NonEmptyString,
  instrument: Schema.NonEmptyString,
  version: Schema.NonEmptyString,
  items: Schema.Array(Item).check(Schema.isMinLength(1))
}).annotate({ identifier: "Form" })
export type Form = typeof Form.Type
