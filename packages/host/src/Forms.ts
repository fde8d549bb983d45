/** Item forms by name or from files. */
import { decodeForms, type Form } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { jsonFiles, readJson } from "./Files.ts"
import { UsageError } from "./UsageError.ts"

/**
 * A form by its id (`A`, `B`, `S`), or forms from a path: a JSON file or a folder of them.
 *
 * @returns the id of the form to administer, and the forms that were read; none for a form that the instruments bring
 */
export const formsFrom = Effect.fn("Forms.from")(function* (form: string) {
  if (!/[/\\]|\.json$/.test(form)) return { form, forms: [] as ReadonlyArray<Form> }
  const forms: Array<Form> = []
  for (const file of yield* jsonFiles(form)) forms.push(...(yield* decodeForms(yield* readJson(file), file)))
  const ids = [...new Set(forms.map(({ id }) => id))]
  const twins = new Set(forms.flatMap(({ twin }) => twin ?? []))
  // The twin stands in the same place; what no other form calls its twin is the one to administer, or the first.
  const id = ids.find((one) => !twins.has(one)) ?? ids[0]
  if (id === undefined)
    return yield* new UsageError({ message: `${form} holds no form; give a JSON file, or a folder of them` })
  return { form: id, forms }
})
