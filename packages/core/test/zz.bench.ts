import * as fc from "fast-check"
import { levelBounds, placeSubject } from "../src/Spectrum.ts"
import { dispositionOf, triage } from "../src/Triage.ts"
import { anyCase, oracleMissing, oracleRank, plainOf } from "./placementCases.ts"

const cases = fc.sample(anyCase, 20000)
const t = (name: string, f: (c: any) => unknown) => {
  for (const c of cases.slice(0, 2000)) f(c)
  const s = performance.now()
  for (const c of cases) f(c)
  console.log(name, (((performance.now() - s) / cases.length) * 1000).toFixed(2), "us")
}
const s = performance.now()
fc.assert(
  fc.property(anyCase, () => true),
  { numRuns: 100000 }
)
console.log("gen", (((performance.now() - s) / 100000) * 1000).toFixed(2), "us")
t("levelBounds", levelBounds)
t("dispositionOf", (input) => dispositionOf({ input, distribution: null, policy: null }))
t("oracle", (i) => oracleRank(plainOf(i)))
t("oracleMissing", oracleMissing)
t("place", placeSubject)
t("triage", (input) => triage({ input, distribution: null, policy: null }))
