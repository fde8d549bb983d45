import { describe, expect, it } from "vitest"
import { withoutSecrets } from "../src/Logging.ts"

describe("a line of the log", () => {
  it.each([
    ["Bearer xoxb-123-456-abcDEF failed", "Bearer xoxb-… failed"],
    ['{"token":"xapp-1-A0-9-ff"}', '{"token":"xapp-…"}'],
    ["xoxe.xoxp-1-abc", "xoxe.xoxp-…"],
    ["postgres://ada:hunter2@db/intake", "postgres://…@db/intake"],
    ["openai:qwen@r1 for ada@example.com", "openai:qwen@r1 for ada@example.com"]
  ])("%s", (line, shown) => {
    expect(withoutSecrets(line)).toBe(shown)
  })
})
