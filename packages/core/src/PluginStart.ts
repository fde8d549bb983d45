/**
 * Starts plugins. One of this copy of core is made directly; one of another copy crosses through promises, abort signals
 * and `Symbol.asyncDispose`. Either way each of its functions bears its name and has a deadline.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Backend, type BackendError, Backends } from "./Backend.ts"
import { digest } from "./Digest.ts"
import type { Instrument } from "./Instrument.ts"
import { backendService, backendShape } from "./internal/door/BackendService.ts"
import { copyOf, type WrittenService } from "./internal/door/Copy.ts"
import { makeFailure } from "./internal/door/Failures.ts"
import { makeFrame } from "./internal/door/Frame.ts"
import { acquireGiven } from "./internal/door/Given.ts"
import { instrumentService, instrumentShape } from "./internal/door/InstrumentService.ts"
import { ownCopy } from "./internal/door/OwnCopy.ts"
import { promisedOpener } from "./internal/door/Promised.ts"
import { raterService, raterShape } from "./internal/door/RaterService.ts"
import { shapeProblem } from "./internal/door/Shapes.ts"
import {
  type Given,
  type Plugin,
  type PluginCall,
  PluginError,
  type WrittenBackend,
  type WrittenInstrument,
  type WrittenRater
} from "./PluginContract.ts"
import { decodeSettings } from "./PluginSettings.ts"
import type { Rater, RaterError } from "./Rater.ts"

export type PluginService = Rater | Backend | Instrument

/**
 * What a plugin makes of its settings, checked and with a name and a deadline around each of its functions.
 *
 * @param settings its section of the configuration, unchecked
 */
export const startPlugin = Effect.fn("Plugin.start")(function* (
  plugin: Plugin,
  settings: unknown
): Effect.fn.Return<PluginService, RaterError | BackendError | PluginError, Scope.Scope | Backends> {
  const config = yield* decodeSettings(plugin, settings)
  const frame = makeFrame(plugin)
  const backends = frame.watched(yield* Backends)
  const host = { backends: promisedOpener(frame.context, backends) }
  const copy = copyOf(plugin)
  // Of a plugin without a copy, effects are of an unknown one.
  const isDirect = copy === undefined || copy === ownCopy
  const making = (
    call: PluginCall
  ): Given<WrittenService, RaterError | BackendError | PluginError, Scope.Scope | Backends> =>
    isDirect ? plugin.make(config, { ...host, ...call }) : copy.make(plugin, config, { ...host, ...call })
  const failure = makeFailure(plugin.id)
  const made = yield* frame
    .timed("make", acquireGiven(making, failure), failure)
    .pipe(Effect.provideService(Backends, backends))
  const problem = shapeProblem(made, shapes[plugin.kind])
  if (problem !== null) {
    return yield* new PluginError({ plugin: plugin.id, message: `plugin ${plugin.id}: its make ${problem}` })
  }
  switch (plugin.kind) {
    case "rater":
      return raterService(frame, made as WrittenRater)
    case "backend":
      return backendService(frame, made as WrittenBackend)
    default: {
      const instrument = instrumentService(frame, made as WrittenInstrument)
      return copy === ownCopy ? instrument : fromElsewhere(instrument)
    }
  }
})

/**
 * What comes from elsewhere never fills a row of the tables, whatever digest it states: a digest is of what a sheet
 * declares, and the code of its rule can differ all the same.
 */
const fromElsewhere = (instrument: Instrument): Instrument => {
  const { code, digest: stated = null } = instrument
  return code === undefined ? instrument : { ...instrument, digest: digest({ claims: code, stated }) }
}

const shapes = { rater: raterShape, backend: backendShape, marker: instrumentShape, battery: instrumentShape }
