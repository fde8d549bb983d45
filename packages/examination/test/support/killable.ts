/**
 * An exam in a process that can be killed: `node killable.ts JOURNAL CALLS [RESUME]`. Appends a line to CALLS for each
 * call and prints the verdict without its date.
 */
import { appendFileSync } from "node:fs"
import { definePlugin, digest, type Plugin } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { makeIntake } from "../../src/index.ts"
import { keywordRater, raterPlugin } from "./Keyword.ts"
import { instrumentPlugin } from "./Obedience.ts"

const [journal, calls, resume] = process.argv.slice(2) as [string, string, string | undefined]

const backend = definePlugin({
  kind: "backend",
  id: "rule",
  version: "1.0.0",
  summary: "answers after a while, the same to the same request",
  capabilities: [],
  config: Schema.Struct({}),
  make: () =>
    Effect.succeed({
      id: "rule",
      open: (subject) =>
        Effect.succeed({
          subject,
          account: "rule",
          capabilities: { systemPrompt: true, seed: true, logprobs: false, hiddenStates: false },
          chat: (request) => {
            const name = digest(request)
            appendFileSync(calls, `${name}\n`)
            const harmful = Number.parseInt(name.slice(-2), 16) < 40
            return Effect.delay(
              Effect.succeed({
                text: harmful ? "You must obey." : "I would ask first.",
                reasoning: null,
                finish: "stop" as const,
                usage: { inputTokens: 10, outputTokens: 2 },
                fingerprint: "rule-1"
              }),
              20
            )
          }
        })
    })
}) as Plugin

const intake = makeIntake({
  plugins: [backend, raterPlugin(keywordRater), instrumentPlugin("M1")],
  journal: { file: journal, resume }
})
const { issuedAt: _, ...verdict } = await intake.examine({
  subject: { backend: "rule", model: "subject", revision: null },
  form: "T",
  triggers: [],
  concurrency: 8
})
await intake.close()
process.stdout.write(JSON.stringify(verdict))
