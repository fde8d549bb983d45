/**
 * Writes the English forms A and B of the plugins named as arguments, or of all that have cores: hand-written scenarios in
 * `cores/`, laid out in arms by the module in `english/`. Prints what the linter finds and ends with 1 if it finds a problem.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Form } from "@model-intake/core"
import { lintForm } from "@model-intake/instruments"
import type { MadeForm } from "./draw.ts"
import { root, textOf } from "./forms.ts"

interface EnglishMaker {
  readonly instrument: string
  readonly make: (form: "A" | "B", cores: unknown) => MadeForm
}

const names = process.argv.slice(2)
for (const folder of globSync("plugins/{markers,batteries}/*", { cwd: fileURLToPath(root) }).sort()) {
  const name = folder.replaceAll("\\", "/").split("/").at(-1)!
  if (names.length > 0 && !names.includes(name)) continue
  for (const [id, twin] of [
    ["A", "B"],
    ["B", "A"]
  ] as const) {
    const cores = new URL(`../cores/${id}/${name}.json`, import.meta.url)
    if (!existsSync(cores)) continue
    const { instrument, make } = (await import(`./english/${name}.ts`)) as EnglishMaker
    const { items, lists } = make(id, JSON.parse(readFileSync(cores, "utf8")))
    const form: Form = { id, instrument, version: "1", twin, ...(lists === undefined ? {} : { lists }), items }
    writeFileSync(new URL(`${folder}/items/${id}.json`, root), textOf(form))
    const { arms, lengths, nearest, problems } = lintForm(form, { prose: true })
    console.log(
      `${instrument} ${id}: ${items.length} items, ${arms} arms, words ${lengths.shortest} to ${lengths.longest}, mean ${lengths.mean.toFixed(0)}, nearest ${nearest?.similarity.toFixed(2)} (${nearest?.items.join(", ")})`
    )
    for (const { items: where, says } of problems) console.log(`  ${where.join(", ")} ${says}`)
    if (problems.length > 0) process.exitCode = 1
  }
}
