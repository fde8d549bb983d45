/**
 * Writes the sheets of a form: for each factor its texts in a seeded order, numbered and stripped of everything else.
 * `--per-value N` takes so many texts of each value (all unless given).
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import type { Form } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import { type SortedFactor, sortedFactors, textsOf } from "./factors.ts"

const { values } = parseArgs({
  options: {
    form: { type: "string", default: "A" },
    factor: { type: "string" },
    "per-value": { type: "string" },
    seed: { type: "string", default: "sheets" }
  }
})

const root = new URL("../../../", import.meta.url)
const sheetFolder = new URL("../sheets/", import.meta.url)
mkdirSync(sheetFolder, { recursive: true })

const sheetOf = (form: Form, factor: SortedFactor) => {
  const random = makeRandom(`${values.seed} ${form.id} ${factor.name}`)
  const texts = random.shuffle(textsOf(form, factor))
  const most = values["per-value"] === undefined ? Number.POSITIVE_INFINITY : Number(values["per-value"])
  const taken = new Map<string, number>()
  return texts.filter(({ value }) => {
    const count = taken.get(value) ?? 0
    taken.set(value, count + 1)
    return count < most
  })
}

for (const factor of sortedFactors.filter(({ name }) => (values.factor ?? name) === name)) {
  const form = JSON.parse(
    readFileSync(new URL(`plugins/${factor.plugin}/items/${values.form}.json`, root), "utf8")
  ) as Form
  const sheet = sheetOf(form, factor)
  const base = `${values.form}-${factor.name}`
  const numbered = sheet.map(({ text }, index) => JSON.stringify({ n: index + 1, text }))
  const head = JSON.stringify({ question: factor.question, values: factor.values })
  writeFileSync(new URL(`${base}.jsonl`, sheetFolder), `${[head, ...numbered].join("\n")}\n`)
  writeFileSync(
    new URL(`${base}.key.json`, sheetFolder),
    `[\n${sheet.map(({ item, arm, value }, index) => JSON.stringify({ n: index + 1, item, arm, value })).join(",\n")}\n]\n`
  )
  console.log(`${base}: ${sheet.length} texts`)
}
