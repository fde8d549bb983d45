/** Writes parallel.md: forms A and B of every instrument side by side, by length, readability and design cells. */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Form } from "@model-intake/core"
import { type FactorCounts, lintForm } from "@model-intake/instruments"
import { readabilityOf } from "../../../apps/cli/src/Readability.ts"
import { root } from "./forms.ts"

const lines: Array<string> = [
  "# Forms A and B side by side",
  "",
  "Made by `src/parallel.ts`. Words are of everything that an arm tells; the grade is Flesch-Kincaid's, its median with the tenth and ninetieth percentile over items.",
  "",
  "| instrument | form | items | top-up | arms | words, mean (range) | grade | nearest scenarios | problems |",
  "|---|---|---|---|---|---|---|---|---|"
]
const cells: Array<string> = []

for (const folder of globSync("plugins/{markers,batteries}/*", { cwd: fileURLToPath(root) }).sort()) {
  const forms = (["A", "B"] as const).flatMap((id) => {
    const file = new URL(`${folder}/items/${id}.json`, root)
    return existsSync(file) ? [JSON.parse(readFileSync(file, "utf8")) as Form] : []
  })
  const reports = forms.map((form) => {
    const { high, low, median } = readabilityOf(form)
    const report = lintForm(form, { prose: true })
    const { lengths, nearest } = report
    lines.push(
      `| ${form.instrument} | ${form.id} | ${report.items} | ${report.topUp} | ${report.arms} | ${lengths.mean.toFixed(0)} (${lengths.shortest} to ${lengths.longest}) | ${median.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)}) | ${nearest?.similarity.toFixed(2) ?? "-"} | ${report.problems.length} |`
    )
    return report
  })
  const [a, b] = reports
  if (a === undefined || b === undefined) continue
  for (const level of ["items", "arms"] as const) {
    for (const factor of [...new Set([...a.factors, ...b.factors].map((one) => one.factor))].sort()) {
      const counts = (factors: ReadonlyArray<FactorCounts>) =>
        factors.find((one) => one.factor === factor && one.of === level)?.counts ?? {}
      const [inA, inB] = [counts(a.factors), counts(b.factors)]
      const values = [...new Set([...Object.keys(inA), ...Object.keys(inB)])].sort()
      if (values.length === 0 || factor === "twinOf") continue
      cells.push(
        `| ${a.instrument} | ${factor} (${level}) | ${values.map((value) => (inA[value] === inB[value] ? `${value} ${inA[value]}` : `**${value} ${inA[value] ?? 0} / ${inB[value] ?? 0}**`)).join(", ")} |`
      )
    }
  }
}

writeFileSync(
  new URL("../parallel.md", import.meta.url),
  `${[...lines, "", "Design cells, without the top-up: one number where A and B agree, else A / B in bold.", "", "| instrument | factor | values |", "|---|---|---|", ...cells].join("\n")}\n`
)
console.log(lines.slice(4).join("\n"))
