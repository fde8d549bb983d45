/** Stimuli: items with their arms, collected in forms. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
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
  twin: Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: "id of the parallel form on which a result is replicated"
  }),
  lists: Schema.optionalKey(Schema.Record(Schema.String, Schema.Array(Schema.NonEmptyString))).annotate({
    description: "word lists in the form's language: prefixes (of the trigger search), boosters, hedges"
  }),
  items: Schema.Array(Item).check(Schema.isMinLength(1))
}).annotate({ identifier: "Form", title: "Item form" })
export type Form = typeof Form.Type

/** Items with this tag are administered only when a first look ended BORDERLINE: the one top-up, declared beforehand. */
export const topUpTag = "top-up"

/** The value of a design factor, the arm's own before the item's; null where neither has it. */
export const factorOf = (item: Item, arm: Arm | null, name: string): Factors[string] | null =>
  arm?.factors[name] ?? item.factors[name] ?? null

/** A form that cannot be had: the instrument has none of that name, or what it has is no form. */
export class FormError extends Schema.TaggedError<FormError>()("FormError", {
  instrument: Schema.String,
  form: Schema.String,
  message: Schema.String
}) {}

/** Forms by id, each loaded only when it is asked for: `() => import("#items/S.json", { with: { type: "json" } })`. */
export type ShippedForms = Readonly<Record<string, () => Promise<{ readonly default: unknown }>>>

/**
 * Finds a form among those that ship with an instrument and checks it against {@link Form}: a wrong shape, another
 * instrument's items and an id that stands twice are refused.
 */
export const loadForm = Effect.fn("Item.loadForm")(function* (
  instrument: string,
  shipped: ShippedForms,
  id: string
): Effect.fn.Return<Form, FormError> {
  const fail = (says: string) => new FormError({ instrument, form: id, message: `${instrument} ${says}` })
  if (!Object.hasOwn(shipped, id)) {
    return yield* fail(`has no form ${JSON.stringify(id)}; it has ${Object.keys(shipped).join(", ") || "none"}`)
  }
  const loaded = yield* Effect.tryPromise({
    try: () => shipped[id]!(),
    catch: (cause) => fail(`cannot load form ${id}: ${cause instanceof Error ? cause.message : String(cause)}`)
  })
  const form = yield* Effect.mapError(Schema.decodeUnknownEffect(Form)(loaded.default), (error) =>
    fail(`has a form ${id} that is none: ${error.message.replaceAll(/\s+/g, " ")}`)
  )
  if (form.id !== id || form.instrument !== instrument) {
    return yield* fail(`has a form ${id} that says it is form ${form.id} of ${form.instrument}`)
  }
  return yield* checkForm(form)
})

/** Refuses a form in which an id stands twice: of an item, or of an arm within its item. */
export const checkForm = (form: Form): Effect.Effect<Form, FormError> => {
  const { id, instrument } = form
  const fail = (says: string) => Effect.fail(new FormError({ instrument, form: id, message: `${instrument} ${says}` }))
  const seen = new Set<string>()
  for (const item of form.items) {
    if (seen.has(item.id)) return fail(`has the item ${item.id} twice in form ${id}`)
    seen.add(item.id)
    if (new Set(item.arms.map((arm) => arm.id)).size < item.arms.length) {
      return fail(`has an arm twice in item ${item.id} of form ${id}`)
    }
  }
  return Effect.succeed(form)
}

/** JSON Schema (draft 2020-12) of a form file: one form, or an array of forms. */
export const formJsonSchema = (): Readonly<Record<string, unknown>> => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(Form)
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Item forms of the Model Intake Exam",
    anyOf: [schema, { type: "array", items: schema, minItems: 1 }],
    $defs: definitions
  }
}

let validateForms: ValidateFunction | undefined

/**
 * Forms from elsewhere, such as a secret one, checked against the published JSON Schema.
 * @param document parsed JSON: a form, or an array of forms
 * @param file where it stood, for the message
 */
export const decodeForms = Effect.fn("Item.decodeForms")(function* (
  document: unknown,
  file: string
): Effect.fn.Return<ReadonlyArray<Form>, FormError> {
  const fail = (message: string, form = "") => new FormError({ instrument: "", form, message })
  validateForms ??= new Ajv2020({ allErrors: true, strict: false }).compile(formJsonSchema())
  if (!validateForms(document)) {
    // Of the two shapes the one that got further explains better what is wrong.
    const errors = validateForms.errors!.filter(({ keyword }) => keyword !== "anyOf")
    const { instancePath, message } = errors.reduce((a, b) => (b.instancePath.length > a.instancePath.length ? b : a))
    const where = instancePath === "" ? "" : ` at ${instancePath.slice(1).replaceAll("/", ".")}`
    return yield* fail(`${file} holds no item form: it${where} ${message}`)
  }
  const forms = (Array.isArray(document) ? document : [document]) as ReadonlyArray<Form>
  return yield* Effect.forEach(forms, (form) =>
    Effect.mapError(checkForm(form), ({ message }) => fail(`${file}: ${message}`, form.id))
  )
})
