/** Writes `items/S.json` and `items/S2.json` of every instrument, or of the plugins named as arguments. */
import { mkdirSync, writeFileSync } from "node:fs"
import { makeForms, root } from "./forms.ts"

const names = process.argv.slice(2)

for (const { form, path, text } of await makeForms(names.length === 0 ? null : names)) {
  const file = new URL(path, root)
  mkdirSync(new URL(".", file), { recursive: true })
  writeFileSync(file, text)
  console.log(
    `${form.instrument} ${form.id}: ${form.items.length} items, ${form.items.flatMap(({ arms }) => arms).length} arms`
  )
}
