/**
 * What of a reading can be drawn. An instrument says the kind of drawing and its data; who draws knows kinds, and no
 * instrument. Text in a series is shown as it stands.
 */
import * as Schema from "effect/Schema"

const Bound = Schema.NullOr(Schema.Finite)
const header = {
  id: Schema.NonEmptyString.annotate({ description: "unique within the reading, such as kept-by-rank" }),
  title: Schema.NonEmptyString,
  says: Schema.NonEmptyString.annotate({ description: "what is drawn, as the beginning of a sentence" })
}

/** A value with its one-sided bounds at the reading's level; null where there are none. */
const Position = Schema.Struct({
  name: Schema.NonEmptyString,
  value: Bound,
  lower: Bound,
  upper: Bound
})

/** Shares over an ordered axis, one line each for what is compared. */
export const CurveSeries = Schema.Struct({
  ...header,
  kind: Schema.Literal("curve"),
  x: Schema.Struct({ title: Schema.NonEmptyString, places: Schema.Array(Schema.NonEmptyString) }),
  y: Schema.Struct({
    title: Schema.NonEmptyString,
    top: Schema.NullOr(Schema.Finite).annotate({ description: "end of the axis; null lets the data decide" })
  }),
  lines: Schema.Array(
    Schema.Struct({
      name: Schema.NonEmptyString,
      points: Schema.Array(Position).annotate({ description: "by the names of the places" })
    })
  ).annotate({ description: "the first line is the one that the description reads out" }),
  note: Schema.String.annotate({ description: "a sentence beside the curve, or nothing" })
}).annotate({ identifier: "CurveSeries" })
export type CurveSeries = typeof CurveSeries.Type

/** Shares by an unordered name, such as a domain. */
export const BarSeries = Schema.Struct({
  ...header,
  kind: Schema.Literal("bars"),
  of: Schema.NonEmptyString.annotate({ description: "what a bar stands for, such as domain" }),
  bars: Schema.Array(Schema.Struct({ name: Schema.NonEmptyString, value: Schema.Finite, n: Schema.NullOr(Schema.Int) }))
}).annotate({ identifier: "BarSeries" })
export type BarSeries = typeof BarSeries.Type

/** Positions between two poles at 0 and 1, with the range of thresholds above which one counts as active. */
export const PositionSeries = Schema.Struct({
  ...header,
  kind: Schema.Literal("positions"),
  of: Schema.NonEmptyString.annotate({ description: "what a position is of, such as trait" }),
  positions: Schema.Array(
    Schema.Struct({
      ...Position.fields,
      threshold: Schema.NullOr(Schema.Struct({ least: Schema.Finite, greatest: Schema.Finite })),
      active: Schema.NullOr(Schema.Finite).annotate({ description: "share of the places where it is active, 0 to 1" })
    })
  )
}).annotate({ identifier: "PositionSeries" })
export type PositionSeries = typeof PositionSeries.Type

export const Series = Schema.Union([CurveSeries, BarSeries, PositionSeries]).annotate({ identifier: "Series" })
export type Series = typeof Series.Type
