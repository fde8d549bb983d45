import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { expect, expectTypeOf, it } from "vitest"
import {
  type Backends,
  definePlugin,
  digest,
  noSettings,
  type Plugin,
  type Rater,
  type RaterError,
  unrated
} from "../../src/index.ts"

const manifest = { id: "short-answer", version: "1.0.0", summary: "s", capabilities: [] } as const

const withEffect = definePlugin({
  ...manifest,
  kind: "rater",
  config: Schema.Struct({ words: Schema.optionalKey(Schema.Int) }),
  make: ({ words = 1 }) =>
    Effect.succeed({
      id: "short-answer",
      version: "1.0.0",
      digest: digest({ words: words.toFixed() }),
      fields: ["flags.refusal"],
      thresholds: {},
      accreditations: [],
      rate: (tasks) =>
        Effect.succeed(
          tasks.map(({ answer }) => ({
            _tag: "rated",
            rating: { ...unrated, flags: { ...unrated.flags, refusal: answer.trim().split(/\s+/).length <= words } }
          }))
        )
    })
})

const withPromises = definePlugin({
  ...manifest,
  kind: "rater",
  config: Schema.Struct({ words: Schema.optionalKey(Schema.Int) }),
  make: async ({ words = 1 }, { backends }) => {
    const judge = await backends.open({ backend: "openai", model: "m", revision: null })
    return {
      id: "short-answer",
      version: "1.0.0",
      digest: digest({ words: words.toFixed() }),
      fields: ["flags.refusal"],
      thresholds: {},
      accreditations: [],
      rate: async (tasks, _options, { signal }) => {
        signal.throwIfAborted()
        await judge.chat({ messages: [], decoding: { temperature: 1, topP: 1, maxTokens: 1, stop: [], seed: null } })
        return tasks.map(({ answer }) => ({
          _tag: "rated",
          rating: { ...unrated, flags: { ...unrated.flags, refusal: answer.trim().split(/\s+/).length <= words } }
        }))
      }
    }
  }
})

const withValues = definePlugin({
  ...manifest,
  kind: "backend",
  config: noSettings,
  make: () => ({
    id: "short-answer",
    open: (subject) => ({
      subject,
      capabilities: { systemPrompt: true, seed: false, logprobs: false, hiddenStates: false },
      chat: ({ messages }) => ({
        text: messages.at(-1)!.content,
        reasoning: null,
        finish: "stop",
        usage: { inputTokens: null, outputTokens: null },
        fingerprint: null
      })
    })
  })
})

it("types", () => {
  const all: ReadonlyArray<Plugin> = [withEffect, withPromises, withValues]
  expect(all).toHaveLength(3)
  expectTypeOf(withEffect.make({ words: 1 })).toExtend<Effect.Effect<Rater, RaterError, Scope.Scope | Backends>>()
})
