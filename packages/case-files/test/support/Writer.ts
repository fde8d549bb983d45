/** A process of its own that appends notes: `node Writer.ts STORE KEY NAME COUNT`. */
import * as Effect from "effect/Effect"
import { CaseFiles, layerStore } from "../../src/index.ts"

const [, , store = "", signingKey = "", name = "", count = "0"] = process.argv

await Effect.runPromise(
  Effect.gen(function* () {
    const files = yield* CaseFiles
    for (let turn = 1; turn <= Number(count); turn++) {
      yield* files.addWatchNote({ subject: "onnx:a", who: name, says: `${name} ${turn}`, instruments: [] })
    }
  }).pipe(Effect.provide(layerStore(store, { signingKey })))
)
