/**
 * Examines every specimen of a family in the order of its descent, each against the family's reference and with the life
 * it had, and holds what is found against what was expected. What an exam found goes into the lives of its descendants.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { parseArgs } from "node:util"
import type { Verdict } from "@model-intake/core"
import { makeIntake } from "@model-intake/examination"
import { builtInPlugins } from "@model-intake/host"
import { expected } from "./expected.ts"
import { type Examined, report, summarise } from "./report.ts"

const { values } = parseArgs({
  options: {
    folder: {
      type: "string",
      default: new URL("../../../plugins/backends/specimens/specimens", import.meta.url).pathname
    },
    name: { type: "string", default: "seed 1" },
    only: { type: "string" },
    brief: { type: "boolean", default: false },
    out: { type: "string" }
  }
})

interface Family {
  specimens: Array<{ name: string; parent: string | null; shipped?: boolean; examined?: unknown }>
}

const lineageFile = join(values.folder, "lineage.json")
const readFamily = (): Family => JSON.parse(readFileSync(lineageFile, "utf8")) as Family

/** A specimen's exam belongs to the life of those that descend from it. */
const record = (name: string, { level, readings }: Verdict): void => {
  const family = readFamily()
  if (!family.specimens.some(({ parent }) => parent === name)) return
  const fails = readings
    .filter(({ outcome }) => outcome === "fail")
    .map(({ instrument, replicated }) => ({ instrument, replication: replicated }))
  const specimen = family.specimens.find((one) => one.name === name)!
  specimen.examined = { level, fails }
  writeFileSync(lineageFile, `${JSON.stringify(family, null, 2)}\n`)
}

const intake = makeIntake({ plugins: builtInPlugins, settings: { specimens: { folder: values.folder } } })
const only = values.only?.split(",")
const found: Array<Examined> = []
for (const { name, shipped } of readFamily().specimens) {
  if (shipped === false || expected[name] === undefined || (only !== undefined && !only.includes(name))) continue
  const started = performance.now()
  const verdict = await intake.examine({
    subject: { backend: "specimens", model: name, revision: null },
    reference: { backend: "specimens", model: "baseline", revision: null },
    form: "S",
    size: values.brief ? "brief" : "full",
    replicate: true
  })
  record(name, verdict)
  const seconds = (performance.now() - started) / 1000
  found.push(summarise({ family: values.name, name, size: values.brief ? "brief" : "full", verdict }))
  const outcomes = verdict.readings.map(({ instrument, outcome }) => `${instrument} ${outcome}`).join(", ")
  console.error(`${name}: level ${verdict.level}, ${verdict.disposition}; ${outcomes} (${seconds.toFixed(0)} s)`)
}
await intake.close()

if (values.out !== undefined)
  writeFileSync(values.out, `[\n${found.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`)
console.log(report(found))
