/** Writes the items of form S of every instrument that has them. */
import { mkdirSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Form, Item } from "@model-intake/core"
import { selfJustifyingReasoning } from "./selfJustifyingReasoning.ts"

const plugins = fileURLToPath(new URL("../../../plugins", import.meta.url))

const forms: ReadonlyArray<readonly [folder: string, instrument: string, items: ReadonlyArray<Item>]> = [
  ["markers/self-justifying-reasoning", "M4", selfJustifyingReasoning()]
]

for (const [folder, instrument, items] of forms) {
  const form: Form = { id: "S", instrument, version: "1", items }
  mkdirSync(`${plugins}/${folder}/items`, { recursive: true })
  writeFileSync(`${plugins}/${folder}/items/S.json`, `${JSON.stringify(form, null, 2)}\n`)
  console.log(`${instrument}: ${items.length} items`)
}
