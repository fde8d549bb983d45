/**
 * What a plugin is: a plain value with a kind, an id, a version, a schema of its settings and `make`. Its functions give
 * effects, promises or plain values, as their author prefers.
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import type { Backend, BackendError, Backends, Examinee } from "./Backend.ts"
import type { Instrument } from "./Instrument.ts"
import type { TimedFunction } from "./PluginConventions.ts"
import type { Rater, RaterError } from "./Rater.ts"
import type { Subject } from "./Subject.ts"

/** What a plugin's function gives: an effect, a promise, or the value itself. */
export type Given<A, E = never, R = never> = A | PromiseLike<A> | Effect.Effect<A, E, R>

/** Last argument of every asynchronous function of a plugin. Effects do not need it: they are interrupted. */
export interface PluginCall {
  /** Aborts when nobody waits for the result any more. */
  readonly signal: AbortSignal
}

/** The function of a contract as a plugin may write it. */
export type Written<F> = F extends (...args: infer Args) => Effect.Effect<infer A, infer E, infer R>
  ? (...args: [...Args, call: PluginCall]) => Given<A, E, R>
  : never

/** What is released with `Symbol.asyncDispose` when the run is over, for plugins without scopes. */
export type Disposable = Partial<AsyncDisposable>

/** A {@link Rater} as a plugin may write it. */
export type WrittenRater = Omit<Rater, "rate"> & { readonly rate: Written<Rater["rate"]> } & Disposable

/** An {@link Examinee} as a plugin may write it. */
export type WrittenExaminee = Omit<Examinee, "activations" | "chat"> & {
  readonly chat: Written<Examinee["chat"]>
  readonly activations?: Written<NonNullable<Examinee["activations"]>> | undefined
} & Disposable

/** A {@link Backend} as a plugin may write it. */
export type WrittenBackend = Pick<Backend, "id"> & {
  readonly open: (subject: Subject, call: PluginCall) => Given<WrittenExaminee, BackendError, Scope.Scope>
} & Disposable

/** An exam as a plugin may write it. */
export type WrittenExam =
  NonNullable<Instrument["exam"]> extends infer Exam
    ? Exam extends { readonly load: infer Load }
      ? Omit<Exam, "load"> & { readonly load: Written<Load> }
      : Exam
    : never

/** An {@link Instrument} as a plugin may write it. */
export type WrittenInstrument = Omit<Instrument, "exam"> & { readonly exam: WrittenExam | null } & Disposable

/** A model that a plugin without Effect opened; `Symbol.asyncDispose` closes it, as does the end of the run. */
export type OpenedModel = Omit<Examinee, "activations" | "chat"> & {
  readonly chat: Promised<Examinee["chat"]>
  readonly activations?: Promised<NonNullable<Examinee["activations"]>> | undefined
} & AsyncDisposable

type Promised<F> = F extends (...args: infer Args) => Effect.Effect<infer A, infer _E, infer _R>
  ? (...args: [...Args, call?: Partial<PluginCall>]) => Promise<A>
  : never

/** What Model Intake gives to `make` of a plugin without Effect; with Effect the service `Backends` does the same. */
export interface PluginHost extends PluginCall {
  /** Opens models by name for plugins that talk to models themselves. Their calls are governed like a subject's. */
  readonly backends: {
    readonly open: (subject: Subject, call?: Partial<PluginCall>) => Promise<OpenedModel>
  }
}

/** Schema of a plugin's settings: of Effect, or of any library that keeps to Standard Schema, such as zod or valibot. */
export type SettingsSchema<Config> = Schema.Codec<Config, unknown> | StandardSchemaV1<unknown, Config>

interface PluginOf<Kind extends string, Service, Failure, Config> {
  readonly kind: Kind
  /** Unique within its kind; lower-case words joined by hyphens. */
  readonly id: string
  /** Semantic version of the plugin. */
  readonly version: string
  /** One sentence on what it does. */
  readonly summary: string
  /** What it can do, for people: shown by `intake plugins`. */
  readonly capabilities: ReadonlyArray<string>
  /** Its section of the configuration; `{}` must decode where nothing is required. `noSettings` for none. */
  readonly config: SettingsSchema<Config>
  /** Seconds that its functions may take where the usual deadlines are too short, such as to download a model. */
  readonly deadlines?: Readonly<Partial<Record<TimedFunction, number>>>
  readonly make: (config: Config, host: PluginHost) => Given<Service, Failure | PluginError, Scope.Scope | Backends>
}

export type RaterPlugin<Config = unknown> = PluginOf<"rater", WrittenRater, RaterError, Config>
export type BackendPlugin<Config = unknown> = PluginOf<"backend", WrittenBackend, BackendError, Config>
export type MarkerPlugin<Config = unknown> = PluginOf<"marker", WrittenInstrument, never, Config>
export type BatteryPlugin<Config = unknown> = PluginOf<"battery", WrittenInstrument, never, Config>

/** A plugin with settings of a known type. */
export type PluginWith<Config> =
  | RaterPlugin<Config>
  | BackendPlugin<Config>
  | MarkerPlugin<Config>
  | BatteryPlugin<Config>

// biome-ignore lint/suspicious/noExplicitAny: a list of plugins forgets what each one's configuration is
export type Plugin = PluginWith<any>

/** A plugin cannot be found, is not one, is configured wrongly, or broke. */
export class PluginError extends Schema.TaggedError<PluginError>()("PluginError", {
  plugin: Schema.String,
  message: Schema.String
}) {}
