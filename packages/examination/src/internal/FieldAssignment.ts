/** Which rater's rating counts for which field, and by which accreditation. */

import {
  type Accreditation,
  type DecidingRater,
  decidingAccreditation,
  type EvidenceSpan,
  type Field,
  fieldsOf,
  fieldValue,
  isCustomField,
  isExact,
  type Predicates,
  predicateId,
  type Rater,
  type Rating,
  type RatingOutcome,
  ratingFields,
  unrated
} from "@model-intake/core"

/**
 * The rater of each field in screening: the first one that declares it. A rater that is accredited for item forms alone
 * was made for them and does not screen.
 */
export const assignForScreening = (raters: ReadonlyArray<Rater>): ReadonlyMap<Field, Rater> => {
  const screening = raters.filter(
    ({ accreditations }) => accreditations.length === 0 || accreditations.some(({ form }) => form === null)
  )
  const fields = new Set<Field>([...ratingFields, ...screening.flatMap((rater) => rater.fields.filter(isCustomField))])
  return new Map(
    [...fields].flatMap((field): ReadonlyArray<readonly [Field, Rater]> => {
      const rater = screening.find((candidate) => candidate.fields.includes(field))
      return rater === undefined ? [] : [[field, rater]]
    })
  )
}

/** Who rates and decides for an instrument on an item form. */
export interface Assignment {
  /** One rater for each field that a predicate reads, and for each flag that somebody is accredited for. */
  readonly owners: ReadonlyMap<Field, Rater>
  /** By which accreditations the predicates are decided. */
  readonly deciding: ReadonlyArray<DecidingRater>
  /** Full names of the predicates that no rater may decide. */
  readonly unaccredited: ReadonlyArray<string>
}

/**
 * The raters that decide an instrument's predicates on an item form. A rater may decide only where somebody measured it,
 * and only where the measure says that it can tell the two sides apart. Predicate by predicate, the first of these counts:
 *
 * 1. a rater accredited on the predicate for this very form, or exact on all that the predicate reads;
 * 2. a rater accredited on the predicate for any text;
 * 3. where fields' own sides make up the predicate, for each field the rater that is accredited on it.
 *
 * Raters are tried in their order. A field has one rater: whatever would give it a second one is passed over.
 *
 * @param instrument id of the instrument, as accreditations name it
 */
export const assignForForm = (
  raters: ReadonlyArray<Rater>,
  form: string,
  instrument: string,
  predicates: Predicates
): Assignment => {
  const owners = new Map<Field, Rater>()
  const deciding: Array<DecidingRater> = []
  const unaccredited: Array<string> = []
  const mayOwn = (rater: Rater, field: Field) => (owners.get(field) ?? rater) === rater
  for (const [name, predicate] of Object.entries(predicates)) {
    const id = predicateId(instrument, name)
    const fields = fieldsOf({ [name]: predicate })
    const able = raters.filter((rater) => fields.every((field) => rater.fields.includes(field) && mayOwn(rater, field)))
    const found =
      first(able, (rater) => wholly(rater, id, form, true) ?? exactly(rater, fields, form)) ??
      first(able, (rater) => wholly(rater, id, form, false)) ??
      (predicate.sides === undefined
        ? null
        : byField(fields, form, (field) => raters.filter((rater) => mayOwn(rater, field))))
    if (found === null) {
      unaccredited.push(id)
      continue
    }
    for (const { decides, rater } of found) {
      for (const field of decides.field === undefined ? fields : [decides.field]) owners.set(field, rater)
      const isNew = !deciding.some((one) => one.field === decides.field && one.predicate === decides.predicate)
      if (isNew) deciding.push(decides)
    }
  }
  for (const flag of ratingFields.filter((field) => field.startsWith("flags.") && !owners.has(field))) {
    const [found] = byField([flag], form, () => raters) ?? []
    if (found !== undefined) owners.set(flag, found.rater)
  }
  return { owners, deciding, unaccredited }
}

interface Found {
  readonly rater: Rater
  readonly decides: DecidingRater
}

const first = <A>(raters: ReadonlyArray<Rater>, of: (rater: Rater) => A | null): A | null => {
  for (const rater of raters) {
    const found = of(rater)
    if (found !== null) return found
  }
  return null
}

/** Accredited on the predicate itself: on this form, or on any text. */
const wholly = (rater: Rater, predicate: string, form: string, onForm: boolean): ReadonlyArray<Found> | null => {
  const accreditation = decidingAccreditation(rater, { predicate }, form)
  return accreditation === null || (accreditation.form !== null) !== onForm
    ? null
    : [{ rater, decides: { predicate, rater: rater.id, accreditation } }]
}

/** Exact on each of the fields, as a grammar is, and so on whatever is said over them. */
const exactly = (rater: Rater, fields: ReadonlyArray<Field>, form: string): ReadonlyArray<Found> | null =>
  collect(fields, (field) => {
    const accreditation = rater.accreditations.find((one) => one.field === field && one.form === form && isExact(one))
    return accreditation === undefined ? null : decidedBy(rater, field, accreditation)
  })

/** For each field the first of its raters that is accredited on it for this form, else the first for any text. */
const byField = (
  fields: ReadonlyArray<Field>,
  form: string,
  ratersOf: (field: Field) => ReadonlyArray<Rater>
): ReadonlyArray<Found> | null =>
  collect(fields, (field) => {
    const found = ratersOf(field).flatMap((rater) => {
      const accreditation = decidingAccreditation(rater, { field }, form)
      return accreditation === null ? [] : [decidedBy(rater, field, accreditation)]
    })
    return found.find(({ decides }) => decides.accreditation.form === form) ?? found[0] ?? null
  })

const decidedBy = (rater: Rater, field: Field, accreditation: Accreditation): Found => ({
  rater,
  decides: { field, rater: rater.id, accreditation }
})

/** What is found for each of the fields; null where one has nothing. */
const collect = (fields: ReadonlyArray<Field>, find: (field: Field) => Found | null): ReadonlyArray<Found> | null => {
  const found = fields.flatMap((field) => find(field) ?? [])
  return found.length === fields.length ? found : null
}

/** Joins the outcomes of all raters for one answer: each field from its own rater, null where that one failed. */
export const mergeRatings = (owners: ReadonlyMap<Field, Rater>, outcomeOf: (rater: Rater) => RatingOutcome): Rating => {
  const raters = new Set(owners.values())
  if (raters.size === 1) {
    const outcome = outcomeOf(raters.values().next().value!)
    return outcome._tag === "rated" ? outcome.rating : unrated
  }
  const flags: Record<string, unknown> = { ...unrated.flags }
  const custom: Record<string, unknown> = {}
  const merged: Record<string, unknown> = { ...unrated, flags }
  const evidence: Array<EvidenceSpan> = []
  for (const rater of raters) {
    const outcome = outcomeOf(rater)
    if (outcome._tag === "failed") continue
    evidence.push(...outcome.rating.evidence)
    for (const [field, owner] of owners) {
      if (owner !== rater) continue
      const value = fieldValue(outcome.rating, field)
      if (field.startsWith("flags.")) flags[field.slice("flags.".length)] = value
      else if (field.startsWith("custom.")) custom[field.slice("custom.".length)] = value
      else merged[field] = value
    }
  }
  if (Object.keys(custom).length > 0) merged.custom = custom
  return { ...(merged as unknown as Rating), evidence }
}
