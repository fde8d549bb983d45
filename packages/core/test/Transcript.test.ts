import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Transcript, transcriptProblem } from "../src/index.ts"

const decodes = Schema.is(Transcript)

const anyContent = fc.oneof(
  fc.string(),
  fc.constant(null),
  fc.array(
    fc.oneof(
      fc.record({ type: fc.constant("text"), text: fc.string() }),
      fc.record({ type: fc.constantFrom("text", "image_url") }),
      fc.record({ type: fc.integer() }),
      fc.string()
    ),
    { maxLength: 3 }
  ),
  fc.integer()
)
const anyMessage = fc.oneof(
  fc.record(
    {
      role: fc.constantFrom("user", "assistant", "system", "tool", "narrator", 3),
      content: anyContent,
      tool_calls: fc.array(fc.constant({ id: "1" }), { maxLength: 1 })
    },
    { requiredKeys: [] }
  ),
  fc.string()
)
const anyTranscript = fc.oneof(
  fc.record(
    {
      id: fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant({})),
      model: fc.oneof(fc.string(), fc.constant(null), fc.integer()),
      messages: fc.oneof(fc.array(anyMessage, { maxLength: 4 }), fc.string()),
      tags: fc.anything()
    },
    { requiredKeys: [] }
  ),
  fc.jsonValue()
)

describe("transcriptProblem", () => {
  it("accepts exactly what the schema accepts", () => {
    fc.assert(
      fc.property(anyTranscript, (value) => {
        expect(transcriptProblem(value) === null).toBe(decodes(value))
      }),
      { numRuns: 5000 }
    )
  })

  it.each([
    [[], "is an array, not a JSON object"],
    [{}, 'has no "messages"'],
    [{ messages: [] }, "empty array"],
    [{ messages: [{ role: "user", content: "a" }, { role: "assistant" }] }, "messages[1]: it has no content"],
    [{ messages: [{ role: "narrator", content: "a" }] }, 'the role "narrator" is unknown; use system'],
    [{ messages: [{ role: "user", content: 3 }] }, "its content is a number, not text"],
    [{ messages: [{ role: "user", content: "a" }], model: 3 }, 'a "model" that is a number']
  ])("says what is wrong with %j", (value, says) => {
    expect(transcriptProblem(value)).toContain(says)
  })

  it("quotes no more than a glimpse of a hostile role", () => {
    const problem = transcriptProblem({ messages: [{ role: "x".repeat(10_000), content: "a" }] })
    expect(problem!.length).toBeLessThan(200)
  })
})
