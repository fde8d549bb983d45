/** A backend as its plugin made it, named and timed, and the models that it opens. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import {
  type Backend,
  type BackendError,
  type Backends,
  type ChatReply,
  type Examinee,
  FinishReason
} from "../../Backend.ts"
import type { PluginHost, WrittenBackend, WrittenExaminee } from "../../PluginContract.ts"
import { backendFailure, brokenBackend } from "./Failures.ts"
import type { Frame } from "./Frame.ts"
import { acquireGiven, runGiven } from "./Given.ts"
import { membersOf } from "./Members.ts"
import {
  anyText,
  boolean,
  count,
  func,
  nullable,
  oneOf,
  optional,
  type Shape,
  shapeOf,
  shapeProblem,
  text
} from "./Shapes.ts"

export const backendShape = shapeOf({ id: text, open: func })

const examineeShape = shapeOf({
  subject: shapeOf({ backend: text, model: text, revision: nullable(text) }),
  capabilities: shapeOf({ systemPrompt: boolean, seed: boolean, logprobs: boolean, hiddenStates: boolean }),
  chat: func,
  activations: optional(func)
})

const replyShape = shapeOf({
  text: anyText,
  reasoning: nullable(anyText),
  finish: oneOf(FinishReason.literals),
  usage: shapeOf({ inputTokens: nullable(count), outputTokens: nullable(count) }),
  fingerprint: nullable(anyText)
})

export const backendService = (frame: Frame, written: WrittenBackend): Backend => {
  const { plugin } = frame
  const failure = backendFailure(plugin, "open")
  return {
    ...membersOf(written),
    open: (subject) =>
      frame
        .timed(
          "open",
          acquireGiven((call) => written.open(subject, call), failure),
          failure
        )
        .pipe(
          Effect.flatMap((opened) => ofShape(plugin, "open", opened, examineeShape)),
          Effect.map((opened) => examineeOf(frame, opened))
        )
  }
}

const examineeOf = (frame: Frame, written: WrittenExaminee): Examinee => {
  const { plugin } = frame
  const { activations, ...members } = membersOf(written)
  const chatFailure = backendFailure(plugin, "chat")
  const activationsFailure = backendFailure(plugin, "activations")
  return {
    ...members,
    chat: (request) =>
      Effect.flatMap(frame.untimed(runGiven((call) => written.chat(request, call), chatFailure)), (reply) =>
        ofShape<ChatReply>(plugin, "chat", reply, replyShape)
      ),
    ...(activations === undefined
      ? {}
      : {
          activations: (request) =>
            frame.timed(
              "activations",
              runGiven((call) => activations(request, call), activationsFailure),
              activationsFailure
            )
        })
  }
}

const ofShape = <A>(plugin: string, part: string, value: A, shape: Shape): Effect.Effect<A, BackendError> => {
  const problem = shapeProblem(value, shape)
  return problem === null
    ? Effect.succeed(value)
    : Effect.fail(brokenBackend(plugin, `plugin ${plugin}: its ${part} ${problem}`, "malformed-reply"))
}

/** The service `Backends` in another copy than the one that opens the models. */
export const backendsOf = ({ open }: PluginHost["backends"]): Backends["Service"] => ({
  open: (subject): Effect.Effect<Examinee, BackendError, Scope.Scope> => {
    const failure = backendFailure(subject.backend, "open")
    return Effect.map(
      acquireGiven((call) => open(subject, call), failure),
      (opened): Examinee => {
        const { activations, ...members } = membersOf(opened)
        const failed = backendFailure(subject.backend, "chat")
        return {
          ...members,
          chat: (request) => runGiven((call) => opened.chat(request, call), failed),
          ...(activations === undefined
            ? {}
            : { activations: (request) => runGiven((call) => activations(request, call), failed) })
        }
      }
    )
  }
})
