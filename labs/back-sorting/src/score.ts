/**
 * Holds a reader's answers against the design: Krippendorff's alpha per factor (ordinal for dose and rung), and every text that
 * was sorted otherwise. Answers stand in `sheets/FORM-FACTOR.answers.json`, an object from number to value.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs"
import { krippendorffNominal, krippendorffOrdinal } from "@model-intake/psychometrics"
import { sortedFactors } from "./factors.ts"

const folder = new URL("../sheets/", import.meta.url)
const read = <A>(name: string): A => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as A

const rows: Array<string> = []
const wrong: Array<string> = []
for (const file of globSync("*.key.json", { cwd: folder.pathname }).sort()) {
  const [form, name] = file.replace(".key.json", "").split("-") as [string, string]
  const factor = sortedFactors.find((one) => one.name === name)!
  const answersFile = `${form}-${name}.answers.json`
  if (!existsSync(new URL(answersFile, folder))) continue
  const key = read<ReadonlyArray<{ n: number; item: string; arm: string; value: string }>>(file)
  const answers = read<Readonly<Record<string, string | number>>>(answersFile)
  const given = key.map(({ n }) => (answers[n] === undefined ? null : String(answers[n])))
  const design = key.map(({ value }) => value)
  const { alpha } = factor.ordinal
    ? krippendorffOrdinal(
        [design, given].map((row) => row.map((value) => (value === null ? null : factor.values.indexOf(value))))
      )
    : krippendorffNominal([design, given])
  const same = key.filter(({ value }, index) => given[index] === value).length
  rows.push(`| ${form} | ${name} | ${key.length} | ${same} | ${alpha?.toFixed(3) ?? "-"} |`)
  for (const [index, { item, arm, value }] of key.entries()) {
    if (given[index] !== value)
      wrong.push(`- ${form} ${name}: ${item}/${arm} is ${value}, sorted ${given[index] ?? "not"}`)
  }
}
const text = [
  "# Back-sorting",
  "",
  "An independent reader who saw nothing but the texts sorted them into the factors of the design. Alpha is Krippendorff's, ordinal for dose and rung; 0.90 is asked for.",
  "",
  "| form | factor | texts | as designed | alpha |",
  "|---|---|---|---|---|",
  ...rows,
  "",
  wrong.length === 0 ? "Every text was sorted as designed." : ["Sorted otherwise:", "", ...wrong].join("\n")
].join("\n")
writeFileSync(new URL("../report.md", import.meta.url), `${text}\n`)
console.log(text)
