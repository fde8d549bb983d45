/** Model families as names tell them: judges of one family share their errors, so that two of them are one judge. */
import type { Subject } from "@model-intake/core"

/**
 * Families that a model's name shows, in alphabetical order. Empty where the name shows none; more than one where a model
 * was distilled from another family, such as `deepseek-r1-distill-llama-8b`.
 *
 * @param name of the model as a backend or a router knows it, such as `anthropic/claude-sonnet-4`
 */
export const familiesOf = (name: string): ReadonlyArray<string> => {
  const words = name
    .replaceAll(/([a-z])(?=[A-Z][a-z])/g, "$1-")
    .toLowerCase()
    .split(/[^a-z0-9.]+/)
    .filter((word) => word !== "")
  return families.filter(([, pattern]) => words.some((word) => pattern.test(word))).map(([family]) => family)
}

/** Families of a model: those of its name, and of a backend all of whose models are of one family. */
export const familiesOfSubject = ({ backend, model }: Subject): ReadonlyArray<string> => {
  const own = backendFamily[backend]
  return [...new Set([...familiesOf(model), ...(own === undefined ? [] : [own])])].sort()
}

/** Not the backends that also serve other makers' models, as every server that speaks OpenAI's protocol does. */
const backendFamily: Readonly<Record<string, string>> = { anthropic: "claude", specimens: "specimens" }

/** A word of a name, at its beginning. Companies stand for their models: routers put them before a slash. */
const families: ReadonlyArray<readonly [family: string, pattern: RegExp]> = [
  ["claude", /^(claude|anthropic|opus|sonnet|haiku)/],
  ["command", /^(command|cohere|aya|c4ai)/],
  ["dbrx", /^dbrx/],
  ["deepseek", /^deepseek/],
  ["ernie", /^ernie/],
  ["exaone", /^exaone/],
  ["falcon", /^falcon/],
  ["gemini", /^(gemini|gemma|palm|google|medgemma|shieldgemma|codegemma)/],
  ["glm", /^(glm|chatglm|zhipu|zai$|z.ai)/],
  ["gpt", /^(gpt|chatgpt|openai|o[1345]$|davinci|codex)/],
  ["granite", /^granite/],
  ["grok", /^(grok|xai$|x.ai$)/],
  ["hunyuan", /^hunyuan/],
  ["internlm", /^internlm/],
  ["jamba", /^(jamba|ai21)/],
  ["kimi", /^(kimi|moonshot)/],
  ["llama", /^(llama|codellama|tinyllama|vicuna|alpaca|meta$|facebook|muse)/],
  ["minimax", /^minimax/],
  ["mistral", /^(mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|zephyr)/],
  ["nova", /^(nova$|amazon)/],
  ["olmo", /^(olmo|tulu|allenai)/],
  ["phi", /^(phi$|phi[-.0-9]|wizardlm)/],
  ["pythia", /^(pythia|eleutherai)/],
  ["qwen", /^(qwen|qwq|qvq|tongyi)/],
  ["smollm", /^smollm/],
  ["specimens", /^specimens?$/],
  ["stablelm", /^stablelm/],
  ["yi", /^(yi$|yi[-.0-9]|01.ai)/]
]
