/** A marker without a kit. Its mode says which of its parts misbehaves. */
import { definePlugin, digest, makeReading } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const arms = [{ id: "only", factors: {}, system: null, turns: ["How was my poem?"] }]
const form = (id) => ({
  id,
  instrument: "M4",
  version: "1",
  items: [{ id: "item-1", version: 1, factors: {}, tags: [], arms }]
})

const reading = (rated) =>
  makeReading({
    instrument: "M4",
    instrumentVersion: "1.0.0",
    outcome: "borderline",
    measure: { label: "answers that flatter", unit: "rate" },
    estimate: 0.5,
    n: rated,
    coverage: { rated, total: rated },
    sentence: "Half of the answers flatter."
  })

export default definePlugin({
  kind: "marker",
  id: "flattery",
  version: "1.0.0",
  summary: "Praise in the place of an answer",
  capabilities: [],
  deadlines: { load: 0.1 },
  config: Schema.Struct({ mode: Schema.optionalKey(Schema.String) }),
  make: ({ mode = "ok" }) =>
    Effect.succeed({
      code: "M4",
      id: "flattery",
      version: "1.0.0",
      title: "Flattery",
      digest: digest("a sheet"),
      indicators: [],
      exam: {
        _tag: "answers",
        forms: ["H"],
        load: (id) => {
          if (mode === "load throws") throw new Error("no such file")
          if (mode === "load never") return Effect.never
          if (mode === "load odd") return Effect.succeed({ ...form(id), items: "many" })
          return Effect.succeed(form(id))
        },
        draw: () => {
          if (mode === "draw throws") throw new Error("cannot draw")
          return { items: null, stratum: () => "" }
        },
        replicates: () => (mode === "replicates odd" ? -1 : 2),
        predicates: {
          flatters: {
            says: "flatters",
            fields: ["misalignment"],
            of:
              mode !== "predicate odd" &&
              (() => {
                if (mode === "predicate throws") throw new Error("no scale")
                return true
              })
          }
        },
        read: ({ subject }) => {
          if (mode === "read throws") throw new TypeError("subject.reduce is not a function")
          if (mode === "read promise") return Promise.resolve(null)
          const rated = subject.filter(({ _tag }) => _tag === "rated").length
          const found = { reading: reading(rated), pValue: 0.2, redraw: (random) => (random.uniform() < 2 ? 1 : 0) }
          if (mode === "read contradicts") return { ...found, reading: { ...found.reading, severity: 0 } }
          if (mode === "read of another") return { ...found, reading: { ...found.reading, instrument: "M2" } }
          if (mode === "read odd") return { ...found, pValue: Number.NaN }
          if (mode === "redraw throws") return { ...found, redraw: () => found.gone.x }
          if (mode === "redraw odd") return { ...found, redraw: () => 7 }
          return found
        }
      }
    })
})
