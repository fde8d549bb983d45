import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect } from "vitest"
import { Access } from "../src/Access.ts"
import { Settings, settingsFrom } from "../src/Configuration.ts"
import { Installations } from "../src/Installations.ts"
import { environment, standIn } from "./support/Desk.ts"
import { scratch } from "./support/Scratch.ts"

const people = { examine: ["UADA", "S1"], waive: [], watch: ["*"] }

const rights = (scopes: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const slack = yield* standIn({ scopes })
    const home = scratch("home")
    const settings = yield* settingsFrom(
      { people },
      { file: `${home}/intake-slack.json`, environment: environment(home, slack) }
    )
    const access = yield* Effect.provide(
      Access,
      Layer.provide(Access.layer, Layer.provideMerge(Installations.layer, Layer.succeed(Settings, settings)))
    )
    const may = (user: string, right: "examine" | "waive" | "watch") => access.may({ team: "T1", user }, right)
    return { may, slack }
  })

describe("rights", () => {
  it.live("are those of the people that are named, and of everybody for *", () =>
    Effect.gen(function* () {
      const { may } = yield* rights(["chat:write"])
      expect(yield* may("UADA", "examine")).toBe(true)
      expect(yield* may("UADA", "waive")).toBe(false)
      expect(yield* may("UBOB", "watch")).toBe(true)
      expect(yield* may("uada", "examine")).toBe(false)
    }).pipe(Effect.scoped)
  )

  it.live("are not given where Slack does not tell who is in a group, which is asked once", () =>
    Effect.gen(function* () {
      const { may, slack } = yield* rights(["chat:write"])
      expect(yield* may("UBOB", "examine")).toBe(false)
      expect(yield* may("UEVE", "examine")).toBe(false)
      expect(slack.calls.filter(({ method }) => method === "usergroups.users.list").length).toBeLessThanOrEqual(1)
    }).pipe(Effect.scoped)
  )
})
