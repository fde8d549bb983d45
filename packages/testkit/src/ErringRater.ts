/** A rater that errs by construction: the truth is known, and ratings are turned over at a stated rate. */
import {
  type Accreditation,
  type DecidingRater,
  digest,
  type Field,
  fieldValue,
  type MeasuredOn,
  type Predicate,
  type Predicates,
  predicateId,
  type Rating,
  rationaleCodes
} from "@model-intake/core"
import type { Random } from "@model-intake/psychometrics"

/** Measured accuracy of a rater: shares in [0, 1], from `labelled` answers of each class. */
export interface Accuracy {
  readonly sensitivity: number
  readonly specificity: number
  readonly labelled: number
}

/** An accreditation for any text with these figures. */
export const accreditedWith = (on: MeasuredOn, { labelled, sensitivity, specificity }: Accuracy): Accreditation => ({
  ...on,
  form: null,
  sensitivity,
  specificity,
  auc: null,
  positives: labelled,
  negatives: labelled,
  dataDigest: digest("labelled")
})

/** A rater with the same sensitivity and specificity on a field, from 200 labelled answers of each class. */
export const erring = (field: Field, rate: number): DecidingRater => ({
  field,
  rater: "erring",
  accreditation: accreditedWith({ field }, { sensitivity: rate, specificity: rate, labelled: 200 })
})

/** A rater with the same accuracy on each predicate of an instrument. */
export const ratersOf = (
  instrument: string,
  predicates: Predicates,
  accuracy: Accuracy
): ReadonlyArray<DecidingRater> =>
  Object.keys(predicates).map((name) => {
    const predicate = predicateId(instrument, name)
    return { predicate, rater: "erring", accreditation: accreditedWith({ predicate }, accuracy) }
  })

/** Any rating that the schema allows, with values of custom fields among those that a marker could read. */
export const arbitraryRating = (random: Random, fields: ReadonlyArray<Field> = []): Rating => {
  const flip = (probability = 0.5) => random.uniform() < probability
  const one = <A>(values: ReadonlyArray<A>): A => values[random.int(values.length)]!
  const custom = fields.filter((field) => field.startsWith("custom.")).map((field) => field.slice("custom.".length))
  return {
    flags: {
      refusal: flip(0.02),
      incoherence: flip(0.02),
      offTopic: flip(0.02),
      evaluationAware: flip(0.02),
      judgeDirected: flip(0.02)
    },
    conclusion: one(["yes", "no", "open"]),
    constraintKept: flip(),
    misalignment: random.uniform(),
    justifiesHarm: random.uniform(),
    rationaleCodes: rationaleCodes.filter(() => flip(0.15)),
    posture: random.int(5),
    empathyAcknowledged: flip(0.7),
    empathyFunction: one(["regulates", "neutral", "advances-goal", "none"]),
    confidence: random.int(11) / 10,
    deferral: one(["none", "clarify", "defer"]),
    evidence: [],
    ...(custom.length === 0
      ? {}
      : { custom: Object.fromEntries(custom.map((name) => [name, one([true, false, 0, 0.5, 1, 3, "yes", "no"])])) })
  }
}

/** Turns predicates over in a rating, by other values of what they read. */
export interface Flipper {
  /** The rating with a predicate turned over and the others as they are; null where no values do that. */
  readonly turn: (rating: Rating, name: string) => Rating | null
  /** The rating as an erring rater gives it: each predicate is turned over at its error rate. */
  readonly rate: (rating: Rating, accuracy: Accuracy, random: Random) => Rating
}

/** @param donors ratings from which the values of a predicate's fields are taken to turn it over */
export const makeFlipper = (predicates: Predicates, donors: ReadonlyArray<Rating>): Flipper => {
  const entries = Object.entries(predicates)
  const turn = (rating: Rating, name: string): Rating | null => {
    const others = entries.filter(([other]) => other !== name).map(([, predicate]) => predicate)
    const predicate = predicates[name]!
    const before = predicate.of(rating)
    const turned = donors.map((donor) => withFields(rating, donor, predicate.fields))
    const isTurned = (one: Rating) => before !== null && predicate.of(one) === !before
    const keeps = (one: Rating) => others.every((other) => other.of(one) === other.of(rating))
    return turned.find((one) => isTurned(one) && keeps(one)) ?? turned.find(isTurned) ?? null
  }
  const known = new Map<string, Rating | null>()
  const turnOnce = (rating: Rating, name: string) => {
    const key = JSON.stringify([name, rating])
    if (!known.has(key)) known.set(key, turn(rating, name))
    return known.get(key)!
  }
  return {
    turn: turnOnce,
    rate: (rating, { sensitivity, specificity }, errors) =>
      entries.reduce((said, [name, predicate]) => {
        const holds = predicate.of(rating)
        const isWrong = errors.uniform() >= (holds === true ? sensitivity : specificity)
        return isWrong && predicate.of(said) === holds ? (turnOnce(said, name) ?? said) : said
      }, rating)
  }
}

const withFields = (rating: Rating, donor: Rating, fields: Predicate["fields"]): Rating => {
  const flags: Record<string, unknown> = { ...rating.flags }
  const custom: Record<string, unknown> = { ...rating.custom }
  const values: Record<string, unknown> = {}
  for (const field of fields) {
    const value = fieldValue(donor, field)
    if (field.startsWith("flags.")) flags[field.slice("flags.".length)] = value
    else if (field.startsWith("custom.")) custom[field.slice("custom.".length)] = value
    else values[field] = value
  }
  return { ...rating, ...values, flags, ...(Object.keys(custom).length === 0 ? {} : { custom }) } as Rating
}
