import { describe, expect, it } from "vitest"
import { familiesOf, familiesOfSubject } from "../src/Family.ts"

describe("families of models", () => {
  it.each([
    ["gpt-4.1-mini", "gpt"],
    ["o3-mini", "gpt"],
    ["openai/gpt-oss-120b", "gpt"],
    ["ft:gpt-4o-2024-08-06:acme::abc", "gpt"],
    ["claude-sonnet-4-5", "claude"],
    ["anthropic/claude-3.5-haiku", "claude"],
    ["us.anthropic.claude-3-7-sonnet-20250219-v1:0", "claude"],
    ["google/gemma-3-27b-it", "gemini"],
    ["gemini-2.5-pro", "gemini"],
    ["meta-llama/Meta-Llama-3.1-8B-Instruct", "llama"],
    ["llama3.2:1b", "llama"],
    ["./models/Llama-3-8B", "llama"],
    ["TinyLlama/TinyLlama-1.1B", "llama"],
    ["Qwen/QwQ-32B", "qwen"],
    ["qwen2.5-coder:7b", "qwen"],
    ["mistralai/Mixtral-8x7B-Instruct-v0.1", "mistral"],
    ["ministral-8b-latest", "mistral"],
    ["deepseek-chat", "deepseek"],
    ["microsoft/Phi-4", "phi"],
    ["phi3:mini", "phi"],
    ["command-r-plus", "command"],
    ["xai/grok-4", "grok"],
    ["zai-org/GLM-4.6", "glm"],
    ["moonshotai/Kimi-K2", "kimi"],
    ["01-ai/Yi-1.5-34B", "yi"],
    ["allenai/OLMo-2-1124-7B", "olmo"]
  ])("%s is of the family %s", (name, family) => {
    expect(familiesOf(name)).toEqual([family])
  })

  it("counts both families of a distilled or mixed model", () => {
    expect(familiesOf("deepseek-ai/DeepSeek-R1-Distill-Llama-8B")).toEqual(["deepseek", "llama"])
    expect(familiesOf("NousResearch/mixtral-qwen-merge")).toEqual(["mistral", "qwen"])
  })

  it("does not guess at names that show none", () => {
    for (const name of ["house-model-v3", "production", "metamodel", "yield-7b", "alphi-2", "o365"]) {
      expect(familiesOf(name)).toEqual([])
    }
  })

  it("knows backends that serve one family, and not those that serve anybody's", () => {
    expect(familiesOfSubject({ backend: "specimens", model: "narrow", revision: null })).toEqual(["specimens"])
    expect(familiesOfSubject({ backend: "anthropic", model: "internal", revision: null })).toEqual(["claude"])
    expect(familiesOfSubject({ backend: "openai", model: "internal", revision: null })).toEqual([])
  })
})
