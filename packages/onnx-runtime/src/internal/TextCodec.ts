/** Between conversations, text and token ids: the chat template and the tokenizer of one model. */
import { Template } from "@huggingface/jinja"
import { Tokenizer } from "@huggingface/tokenizers"
import type { Message, Role } from "@model-intake/core"
import type { ModelFolder } from "../ModelFolder.ts"
import { firstLine, OnnxProblem } from "./OnnxProblem.ts"

export interface TextCodec {
  /** The text that the model reads. `answering` opens the assistant's turn at its end. */
  readonly render: (messages: ReadonlyArray<Message>, answering: boolean) => string
  readonly encode: (text: string) => ReadonlyArray<number>
  /** Text of an answer, without special tokens. */
  readonly decode: (ids: ReadonlyArray<number>) => string
  /** The token itself, special or not. */
  readonly tokenOf: (id: number) => string
  readonly endIds: ReadonlySet<number>
  /** Whether the template takes a system message and shows it to the model. */
  readonly systemPrompt: boolean
}

export const openTextCodec = (folder: ModelFolder): TextCodec => {
  const tokenizer = attempt(folder, "tokenizer.json", () => new Tokenizer(folder.tokenizer, folder.tokenizerConfig))
  const template = attempt(folder, "chat template", () => new Template(folder.template))
  const specials = specialTokens(folder.tokenizerConfig)

  const render = (messages: ReadonlyArray<Message>, answering: boolean): string => {
    try {
      return template.render({
        ...specials,
        messages: messages.map(({ role, content }) => ({ role: templateRole(role), content })),
        add_generation_prompt: answering
      })
    } catch (cause) {
      throw new OnnxProblem(
        "refused-request",
        `the chat template of ${folder.path} refuses the conversation: ${firstLine(cause)}`
      )
    }
  }
  const showsSystem = () => {
    try {
      return render(
        [
          { role: "system", content: "probe" },
          { role: "user", content: "x" }
        ],
        true
      ).includes("probe")
    } catch {
      return false
    }
  }
  const end = specials.eos_token === undefined ? undefined : tokenizer.token_to_id(specials.eos_token)
  return {
    render,
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    // An empty list of ids is an error to the tokenizer.
    decode: (ids) => (ids.length === 0 ? "" : tokenizer.decode([...ids], { skip_special_tokens: true })),
    tokenOf: (id) => tokenizer.decode([id], { skip_special_tokens: false }),
    endIds: new Set(folder.endIds.length > 0 || end === undefined ? folder.endIds : [end]),
    systemPrompt: showsSystem()
  }
}

const attempt = <A>(folder: ModelFolder, what: string, run: () => A): A => {
  try {
    return run()
  } catch (cause) {
    throw new OnnxProblem("malformed-reply", `the ${what} of ${folder.path} cannot be used: ${firstLine(cause)}`)
  }
}

/** Templates know three or four roles; the newer names stand for older ones. */
const templateRole = (role: Role): string => (role === "developer" ? "system" : role === "function" ? "tool" : role)

/** `bos_token`, `eos_token` and their like, which templates may name: a text, or an object that holds it. */
const specialTokens = (config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(config).flatMap(([name, value]) => {
      if (!name.endsWith("_token")) return []
      const text = typeof value === "object" && value !== null && "content" in value ? value.content : value
      return typeof text === "string" ? [[name, text]] : []
    })
  )
