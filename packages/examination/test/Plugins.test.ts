import { definePlugin, type Plugin } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { Plugins } from "../src/index.ts"
import { keywordRater, raterPlugin } from "./support/Keyword.ts"

const valid = raterPlugin(keywordRater)

const using = <A, E>(
  plugins: ReadonlyArray<Plugin>,
  settings: Record<string, unknown>,
  use: Effect.Effect<A, E, Plugins>
) => Effect.runPromise(Effect.provide(use, Plugins.layer(plugins, settings)))

describe("Plugins", () => {
  it("makes a plugin once, with its decoded settings, and only when it is asked for", async () => {
    let made = 0
    const configured = definePlugin({
      ...valid,
      kind: "rater",
      config: Schema.Struct({ limit: Schema.Finite }),
      make: ({ limit }: { readonly limit: number }) =>
        Effect.sync(() => {
          made++
          return { ...keywordRater, version: String(limit) }
        })
    })
    await using(
      [configured],
      { keyword: { limit: 3 } },
      Effect.map(Plugins, ({ all }) => expect(all).toHaveLength(1))
    )
    expect(made).toBe(0)
    const twice = Effect.flatMap(Plugins, ({ raters }) => Effect.all([raters, raters]))
    const [[first], [second]] = await using([configured], { keyword: { limit: 3 } }, twice)
    expect(first).toBe(second)
    expect(first!.version).toBe("3")
    expect(made).toBe(1)
  })

  it("says which setting of which plugin is wrong", async () => {
    const configured = definePlugin({
      ...valid,
      kind: "rater",
      config: Schema.Struct({ limit: Schema.Finite }),
      make: () => Effect.succeed(keywordRater)
    })
    const started = using(
      [configured],
      { keyword: { limit: "many" } },
      Effect.flatMap(Plugins, ({ raters }) => raters)
    )
    await expect(started).rejects.toThrow(/the configuration of rater "keyword" is wrong: .*limit/)
  })

  it("passes over no setting: a mistyped one is refused, and so are settings of no plugin", async () => {
    const configured = definePlugin({
      ...valid,
      kind: "rater",
      config: Schema.Struct({ limit: Schema.optionalKey(Schema.Finite) }),
      make: () => Effect.succeed(keywordRater)
    })
    const raters = Effect.flatMap(Plugins, (plugins) => plugins.raters)
    await expect(using([configured], { keyword: { limti: 3 } }, raters)).rejects.toThrow(/limti/)
    await expect(using([configured], { keywrod: { limit: 3 } }, raters)).rejects.toThrow(
      'there are settings for "keywrod", and no plugin is named so; installed: keyword'
    )
  })

  it("refuses one plugin twice", async () => {
    await expect(using([valid, valid], {}, Effect.asVoid(Plugins))).rejects.toThrow(/"keyword" is installed twice/)
  })

  it("names the backends there are when asked for one there is not", async () => {
    const asked = using(
      [valid],
      {},
      Effect.flatMap(Plugins, ({ backend }) => backend("openai"))
    )
    await expect(asked).rejects.toThrow(/no backend is named "openai"; installed: none/)
  })
})
