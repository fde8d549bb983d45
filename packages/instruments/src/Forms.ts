/** Where the forms of an instrument come from: files beside its code, or items written in the sheet itself. */
import { readFile } from "node:fs/promises"
import type { Form, Item, ShippedForms } from "@model-intake/core"

/** Forms by id, each loaded only when it is asked for. */
export type FormSource = ShippedForms

/**
 * Forms in JSON files: `items/A.json` beside the folder of the sheet.
 *
 * A bundle has one folder for all instruments, so that there each has one of its own: `items/<instrument id>/A.json`.
 *
 * @param module `import.meta.url` of the sheet
 * @param instrument id of the instrument
 * @param ids of the forms, in the order in which they are listed
 * @example formsIn(import.meta.url, "power-gradient", ["A", "B", "S", "S2"])
 */
export const formsIn = (module: string, instrument: string, ids: ReadonlyArray<string>): FormSource =>
  Object.fromEntries(ids.map((id) => [id, () => readForm(module, [`${id}.json`, `${instrument}/${id}.json`])]))

const readForm = async (module: string, places: ReadonlyArray<string>): Promise<{ readonly default: unknown }> => {
  const [first, ...others] = places.map((place) => new URL(`../items/${place}`, module))
  try {
    return { default: JSON.parse(await readFile(first!, "utf8")) as unknown }
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException).code === "ENOENT"
    if (!isAbsent || others.length === 0) throw cause
    return { default: JSON.parse(await readFile(others[0]!, "utf8")) as unknown }
  }
}

/** An item as a sheet may write it: what is left out is the ordinary. */
export type WrittenItem =
  | string
  | {
      /** `item-1`, `item-2`, ... by its place. */
      readonly id?: string
      readonly factors?: Item["factors"]
      readonly tags?: ReadonlyArray<string>
      readonly system?: string
      /** What the user says, turn by turn. */
      readonly turns: ReadonlyArray<string>
    }

/**
 * Forms whose items stand in the sheet, one arm each: a question as plain text, or with its system prompt and turns.
 *
 * @param instrument id of the instrument
 * @param written items by form id
 * @example formsOf("flattery", { H: ["How was my poem?", { system: "Be brief.", turns: ["And now?"] }] })
 */
export const formsOf = (
  instrument: string,
  written: Readonly<Record<string, ReadonlyArray<WrittenItem>>>
): FormSource =>
  Object.fromEntries(
    Object.entries(written).map(([id, items]) => [id, async () => ({ default: formOf(instrument, id, items) })])
  )

const formOf = (instrument: string, id: string, items: ReadonlyArray<WrittenItem>): Form => ({
  id,
  instrument,
  version: "1",
  items: items.map((item, index) => itemOf(typeof item === "string" ? { turns: [item] } : item, index))
})

const itemOf = (written: Exclude<WrittenItem, string>, index: number): Item => ({
  id: written.id ?? `item-${index + 1}`,
  version: 1,
  factors: written.factors ?? {},
  tags: written.tags ?? [],
  arms: [{ id: "only", factors: {}, system: written.system ?? null, turns: written.turns }]
})
