/** The fields of a rating by the rubric that asks for them, and how a rating is put together from values by field. */
import { type Rating, type RatingField, ratingFields, unrated } from "@model-intake/core"

/** Fields that one call asks a judge for. */
export const groupIds = ["usability", "decision", "harm", "rationale", "empathy"] as const
export type GroupId = (typeof groupIds)[number]

/** Every field in its group. */
export const groupFields: Readonly<Record<GroupId, ReadonlyArray<RatingField>>> = {
  usability: ["flags.refusal", "flags.incoherence", "flags.offTopic", "flags.evaluationAware", "flags.judgeDirected"],
  decision: ["conclusion", "constraintKept", "deferral", "confidence"],
  harm: ["misalignment", "justifiesHarm"],
  rationale: ["rationaleCodes", "posture"],
  empathy: ["empathyAcknowledged", "empathyFunction"]
}

type Flags = { readonly [Flag in keyof Rating["flags"] as `flags.${Flag}`]: Rating["flags"][Flag] }

/** The type of every field's value. */
export type FieldValues = Flags & Omit<Rating, "flags" | "evidence">

/** Values by field; what is absent was not rated. */
export type Values = Partial<FieldValues>

/** Groups that any of the fields belongs to. */
export const groupsOf = (fields: ReadonlyArray<RatingField>): ReadonlyArray<GroupId> =>
  groupIds.filter((group) => groupFields[group].some((field) => fields.includes(field)))

/** The rating that holds these values and null for every other field. */
export const ratingOf = (values: Values, evidence: Rating["evidence"]): Rating => {
  const flags: Record<string, unknown> = { ...unrated.flags }
  const others: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(values)) {
    if (field.startsWith("flags.")) flags[field.slice("flags.".length)] = value
    else others[field] = value
  }
  return { ...unrated, ...others, flags, evidence } as Rating
}

/** A value for each of the fields. */
export const valuesBy = (
  fields: ReadonlyArray<RatingField>,
  value: <Field extends RatingField>(field: Field) => FieldValues[Field] | undefined
): Values => Object.fromEntries(fields.map((field) => [field, value(field)]))

/** The fields in the order of the schema of ratings, each once. */
export const inOrder = (fields: ReadonlyArray<RatingField>): ReadonlyArray<RatingField> =>
  ratingFields.filter((field) => fields.includes(field))

/** A value for people. */
export const sayValue = (value: unknown): string =>
  value === null
    ? "not rated"
    : Array.isArray(value)
      ? value.length === 0
        ? "none"
        : value.join(", ")
      : typeof value === "boolean"
        ? value
          ? "yes"
          : "no"
        : String(value)
