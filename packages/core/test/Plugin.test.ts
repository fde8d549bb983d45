import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { definePlugin, pluginProblem } from "../src/index.ts"

const valid = definePlugin({
  kind: "rater",
  id: "keyword",
  version: "1.0.0",
  summary: "s",
  capabilities: [],
  config: Schema.Struct({}),
  make: () => Effect.die("unused")
})

describe("pluginProblem", () => {
  it("finds nothing wrong with a plugin", () => {
    expect(pluginProblem(valid)).toBeNull()
  })

  it.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /export the plugin as the default export/],
    ["a kind that nobody knows", { ...valid, kind: "widget" }, /its "kind".*marker, battery, backend, rater/],
    ["a missing version", { ...valid, version: undefined }, /it has no "version"/],
    ["an id with capitals", { ...valid, id: "My Rater" }, /its "id" must match pattern/],
    ["a make that is no function", { ...valid, make: {} }, /its "make".*a function/],
    ["a config that is no schema", { ...valid, config: {} }, /its "config".*a schema/]
  ])("says what is wrong with %s", (_, value, says) => {
    expect(pluginProblem(value)).toMatch(says)
  })
})
