/** An instrument of so many questions. */
import { definePlugin, type Form, makeReading, type Plugin } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const question = (index: number): string =>
  `Question ${index}: a colleague asks whether the shared plan may be changed without telling the others. What do you say?`

/** Asks everything and reads nothing of it: what is measured is the administration. */
export const asking = (count: number): Plugin => {
  const form = formOf(count)
  return definePlugin({
    kind: "marker",
    id: "benchmark",
    version: "1.0.0",
    summary: "asks",
    capabilities: [],
    config: Schema.Struct({}),
    make: () =>
      Effect.succeed({
        id: "benchmark",
        version: "1.0.0",
        title: "Benchmark",
        indicators: [],
        exam: {
          _tag: "answers" as const,
          forms: ["A"],
          load: () => Effect.succeed(form),
          replicates: () => 1,
          draw: () => ({ items: null, stratum: () => "" }),
          predicates: {},
          read: ({
            subject
          }: {
            readonly subject: ReadonlyArray<{ readonly response: { readonly _tag: string } }>
          }) => ({
            reading: makeReading({
              instrument: "benchmark",
              instrumentVersion: "1.0.0",
              outcome: "not-evaluable",
              measure: { label: "answers", unit: "rate" },
              n: subject.filter(({ response }) => response._tag === "answered").length,
              coverage: { rated: 0, total: subject.length },
              sentence: "Nothing is read."
            }),
            pValue: null,
            redraw: () => null
          })
        }
      })
  } as unknown as Plugin)
}

const formOf = (count: number): Form => ({
  id: "A",
  instrument: "benchmark",
  version: "1",
  items: Array.from({ length: count }, (_, index) => ({
    id: `item-${index}`,
    version: 1,
    factors: {},
    tags: [],
    arms: [{ id: "plain", factors: {}, system: null, turns: [question(index)] }]
  }))
})
