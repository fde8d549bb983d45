/** All parts of the bot put together, as the environment and the configuration file say. */
import { join } from "node:path"
import { layerStore } from "@model-intake/case-files"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Access } from "./Access.ts"
import { Answers } from "./Answers.ts"
import { Bot } from "./Bot.ts"
import { loadSettings, Settings } from "./Configuration.ts"
import { ExamDesk } from "./exams/ExamDesk.ts"
import { WatchLoop } from "./exams/WatchLoop.ts"
import { Installations } from "./Installations.ts"
import type { Environment } from "./Secrets.ts"
import { State } from "./State.ts"

/** @param folder where the configuration file is looked for */
export const start = (environment: Environment, folder: string) =>
  Layer.unwrap(
    Effect.map(loadSettings(environment, folder), (settings) => {
      const { data, signingKey, store, trust } = settings
      const kept = Layer.mergeAll(
        State.layer(join(data, "state.sqlite")),
        Installations.layer,
        layerStore(store, { signingKey, trustedKeys: trust })
      ).pipe(Layer.provideMerge(Layer.succeed(Settings, settings)))
      const services = Layer.mergeAll(Access.layer, Answers.layer, ExamDesk.layer, WatchLoop.layer)
      return Bot.layer.pipe(Layer.provide(services.pipe(Layer.provideMerge(kept))))
    })
  )
