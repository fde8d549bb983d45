/** A process of its own that records verdicts: `node verdictWriter.ts STORE KEY NUMBER COUNT`. */
import { CaseFiles, layerStore } from "@model-intake/case-files"
import * as Effect from "effect/Effect"
import { makeVerdict } from "./verdicts.ts"

const [, , store = "", signingKey = "", number = "", count = "0"] = process.argv
const begun = Date.now() - 3_600_000

await Effect.runPromise(
  Effect.gen(function* () {
    const files = yield* CaseFiles
    for (let index = 0; index < Number(count); index++) {
      // Half of the verdicts are on a subject that all processes write about.
      const subject = index % 2 === 0 ? "onnx:shared" : `onnx:writer-${number}`
      yield* files.recordVerdict(makeVerdict(subject, Number(number) * 1e6 + index, begun + index))
    }
  }).pipe(Effect.provide(layerStore(store, { signingKey })))
)
