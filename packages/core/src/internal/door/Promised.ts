/** Gives the functions of a plugin as promises: the side of the door on which the effects run. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type {
  OpenedModel,
  Plugin,
  PluginCall,
  PluginHost,
  WrittenBackend,
  WrittenExaminee,
  WrittenInstrument,
  WrittenRater
} from "../../PluginContract.ts"
import type { WrittenService } from "./Copy.ts"
import { type Calling, runGiven } from "./Given.ts"
import { membersOf } from "./Members.ts"

/** What the fibers of the plugin find: asked for at each call, since a plugin outlives the run that made it. */
export type CurrentContext = () => Context.Context<never>

/** Runs what a function gives to its end and throws what it failed with. */
const promised = async <A>(
  context: Context.Context<never>,
  calling: Calling<A, unknown, never>,
  call?: Partial<PluginCall>
): Promise<A> => succeeded(await Effect.runPromiseExitWith(context)(runGiven(calling, thrown), signalOf(call)))

/** Like {@link promised}; scoped resources are released with what is given, or at once where nothing is. */
export const promisedScoped = async <A extends object, B extends object, R>(
  context: Context.Context<R>,
  calling: Calling<A, unknown, R | Scope.Scope>,
  promise: (value: A) => B,
  call?: Partial<PluginCall>
): Promise<B & AsyncDisposable> => {
  const scope = Scope.makeUnsafe()
  const exit = await Effect.runPromiseExitWith(Context.add(context, Scope.Scope, scope))(
    runGiven(calling, thrown),
    signalOf(call)
  )
  const close = (): Promise<void> => Effect.runPromise(Scope.close(scope, exit))
  if (Exit.isFailure(exit)) await close()
  const value = succeeded(exit)
  return {
    ...promise(value),
    [Symbol.asyncDispose]: async () => {
      await (value as Partial<AsyncDisposable>)[Symbol.asyncDispose]?.()
      await close()
    }
  }
}

/** `open` of a backend, or of the service `Backends`, as a promise. */
export const promisedOpener = (
  context: CurrentContext,
  { open }: Pick<WrittenBackend, "open">
): PluginHost["backends"] => ({
  open: (subject, call) =>
    promisedScoped(
      context(),
      (inner) => open(subject, inner),
      (examinee) => promisedExaminee(context, examinee),
      call
    )
})

const promisedExaminee = (
  context: CurrentContext,
  examinee: WrittenExaminee
): Omit<OpenedModel, keyof AsyncDisposable> => {
  const { activations, ...members } = membersOf(examinee)
  return {
    ...members,
    chat: (request, call) => promised(context(), (inner) => examinee.chat(request, inner), call),
    ...(activations === undefined
      ? {}
      : { activations: (request, call) => promised(context(), (inner) => activations(request, inner), call) })
  }
}

/** What a plugin made, with promises in the place of effects. */
export const promisedService = (
  kind: Plugin["kind"],
  context: CurrentContext,
  service: WrittenService
): WrittenService => {
  switch (kind) {
    case "rater": {
      const rater = service as WrittenRater
      return {
        ...membersOf(rater),
        rate: (tasks, options, call) => promised(context(), (inner) => rater.rate(tasks, options, inner), call)
      }
    }
    case "backend": {
      const backend = service as WrittenBackend
      return { ...membersOf(backend), ...promisedOpener(context, backend) }
    }
    default: {
      const instrument = service as WrittenInstrument
      const { exam } = instrument
      const members = membersOf(instrument)
      if (exam === null || !("load" in exam)) return members
      const load: typeof exam.load = (form, call) => promised(context(), (inner) => exam.load(form, inner), call)
      return { ...members, exam: { ...membersOf(exam), load } }
    }
  }
}

const thrown = (reason: unknown): unknown => reason

const signalOf = (call: Partial<PluginCall> | undefined) =>
  call?.signal === undefined ? undefined : { signal: call.signal }

const succeeded = <A>(exit: Exit.Exit<A, unknown>): A => {
  if (Exit.isSuccess(exit)) return exit.value
  throw Cause.squash(exit.cause)
}
