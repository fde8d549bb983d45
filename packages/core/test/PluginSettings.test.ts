import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { decodeSettings, definePlugin, noSettings, type SettingsSchema, settingsJsonSchema } from "../src/index.ts"

const plugin = <Config>(config: SettingsSchema<Config>) =>
  definePlugin({
    kind: "backend",
    id: "third",
    version: "1.0.0",
    summary: "s",
    capabilities: [],
    config,
    make: () => Effect.die("unused")
  })

const decoded = <Config>(config: SettingsSchema<Config>, settings: unknown) =>
  Effect.runPromise(decodeSettings(plugin(config), settings))
const refusal = async <Config>(config: SettingsSchema<Config>, settings: unknown) =>
  (await Effect.runPromise(Effect.flip(decodeSettings(plugin(config), settings)))).message.replace(
    'the configuration of backend "third" is wrong: ',
    ""
  )

const schemas: ReadonlyArray<readonly [string, SettingsSchema<object>]> = [
  ["Effect", Schema.Struct({ a: Schema.optionalKey(Schema.Struct({ b: Schema.Finite })) })],
  ["zod", z.object({ a: z.object({ b: z.number() }).optional() })],
  ["strict zod", z.strictObject({ a: z.strictObject({ b: z.number() }).optional() })],
  ["valibot", v.object({ a: v.optional(v.object({ b: v.number() })) })]
]

describe.each(schemas)("settings by %s", (name, schema) => {
  it("are what the schema makes of them", async () => {
    expect(await decoded(schema, {})).toEqual({})
    expect(await decoded(schema, { a: { b: 1 } })).toEqual({ a: { b: 1 } })
  })

  it("are refused by path where they are wrong", async () => {
    expect(await refusal(schema, { a: { b: "x" } })).toMatch(/^a\.b: \S/)
  })

  it("are refused where the plugin has no such setting", async () => {
    expect(await refusal(schema, { c: 1 })).toMatch(name === "strict zod" ? /"c"/ : /^c: \S/)
    // Without JSON Schema nothing tells what an inner object may have.
    if (name !== "valibot") expect(await refusal(schema, { a: { b: 1, c: 1 } })).toMatch(/^a\.c: |^a: .*"c"/)
  })

  it("have a JSON Schema where their library gives one", () => {
    if (name === "valibot") expect(settingsJsonSchema(plugin(schema))).toBeNull()
    else expect(settingsJsonSchema(plugin(schema))).toMatchObject({ type: "object", properties: { a: {} } })
  })
})

describe("settings", () => {
  it("of a plugin that has none are refused, whatever they are", async () => {
    expect(await decoded(noSettings, {})).toEqual({})
    for (const settings of [{ z: 1 }, "x", 3, null, []]) {
      expect(Exit.isFailure(await Effect.runPromiseExit(decodeSettings(plugin(noSettings), settings)))).toBe(true)
    }
    expect(await refusal(noSettings, { z: 1 })).toMatch(/^z: /)
  })

  it("with open keys take any", async () => {
    const open = z.object({ a: z.number() }).catchall(z.string())
    expect(await decoded(open, { a: 1, other: "x" })).toEqual({ a: 1, other: "x" })
    expect(await decoded(Schema.Record(Schema.String, Schema.Finite), { x: 1 })).toEqual({ x: 1 })
  })

  it("may be turned into something else", async () => {
    const renamed = z.object({ url: z.string() }).transform(({ url }) => ({ address: url }))
    expect(await decoded(renamed, { url: "u" })).toEqual({ address: "u" })
  })

  it("behind an identifier are still described as an object", () => {
    const named = Schema.Struct({ a: Schema.Finite }).annotate({ identifier: "Named" })
    expect(settingsJsonSchema(plugin(named))).toMatchObject({ type: "object", properties: { a: { type: "number" } } })
  })

  it("whose check throws say so by the plugin's name", async () => {
    const broken: SettingsSchema<object> = {
      "~standard": {
        version: 1,
        vendor: "x",
        validate: () => {
          throw new Error("no")
        }
      }
    }
    expect(await refusal(broken, {})).toBe("plugin third: its config failed: no")
  })
})
