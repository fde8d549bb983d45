/** Decoding parameters of one call. */
import * as Schema from "effect/Schema"

/** How answers are drawn. `null` leaves the choice to the model's own default. */
export const Decoding = Schema.Struct({
  temperature: Schema.NullOr(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  topP: Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  maxTokens: Schema.Int.check(Schema.isGreaterThan(0)),
  seed: Schema.NullOr(Schema.Int),
  stop: Schema.Array(Schema.String)
}).annotate({ identifier: "Decoding" })
export type Decoding = typeof Decoding.Type
