/** A model in the Hugging Face folder layout, checked file by file before the native runtime is loaded. */
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { type BackendError, type Digest, digest } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { toBackendError } from "./internal/BackendFailure.ts"
import { OnnxProblem } from "./internal/OnnxProblem.ts"

/** What is known of a folder without running the model. Plain data: it is handed to worker threads. */
export interface ModelFolder {
  readonly path: string
  /** The ONNX file. */
  readonly model: string
  /** Longest prompt and answer together, in tokens; null where the configuration does not tell. */
  readonly contextLength: number | null
  /** Tokens that end an answer; empty where only the tokenizer's `eos_token` tells. */
  readonly endIds: ReadonlyArray<number>
  /** How answers are drawn where a request leaves it open. */
  readonly sampling: { readonly temperature: number; readonly topP: number }
  /** Heads and length of each key and value; null where only the ONNX file tells. */
  readonly cache: { readonly heads: number; readonly width: number } | null
  /** Jinja source of the chat template. */
  readonly template: string
  /** Contents of tokenizer.json and tokenizer_config.json. */
  readonly tokenizer: object
  readonly tokenizerConfig: Readonly<Record<string, unknown>>
  /** Digest of all files that decide on an answer. */
  readonly fingerprint: Digest
}

/**
 * Reads and checks a folder.
 * @param path a local folder
 * @param file the ONNX file in it; `onnx/model.onnx`, then `model.onnx`, where none is named
 * @param backend id of the backend that asks, for the error
 */
export const readModelFolder = Effect.fn("ModelFolder.read")(function* (
  path: string,
  file: string | null,
  backend: string
): Effect.fn.Return<ModelFolder, BackendError> {
  return yield* Effect.tryPromise({
    try: () => readFolder(path, file),
    catch: (cause) => toBackendError(cause, backend)
  })
})

/**
 * Those of a folder's files that decide on an answer: configuration, tokenizer, the parts that hold the weights
 * (`model.onnx_data`, `model.onnx_data_1` ...), last the ONNX file itself. Empty if there is no ONNX file.
 *
 * @param names relative paths, with slashes
 * @param file the ONNX file; `onnx/model.onnx`, then `model.onnx`, where it is null
 */
export const modelFiles = (names: ReadonlyArray<string>, file: string | null): ReadonlyArray<string> => {
  const model = (file === null ? usualNames : [file]).find((name) => names.includes(name))
  if (model === undefined) return []
  const isPart = (name: string) => name.startsWith(model) && /^[._]data(_\d+)?$/.test(name.slice(model.length))
  return [...names.filter((name) => decisive.has(name) || isPart(name)), model]
}

const usualNames = ["onnx/model.onnx", "model.onnx"]

const decisive: ReadonlySet<string> = new Set([
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja"
])

const Count = Schema.Int.check(Schema.isGreaterThan(0))
const TokenIds = Schema.NullOr(Schema.Union([Schema.Int, Schema.Array(Schema.Int)]))

const Configuration = Schema.Struct({
  max_position_embeddings: Schema.optionalKey(Count),
  n_positions: Schema.optionalKey(Count),
  hidden_size: Schema.optionalKey(Count),
  num_attention_heads: Schema.optionalKey(Count),
  num_key_value_heads: Schema.optionalKey(Schema.NullOr(Count)),
  head_dim: Schema.optionalKey(Schema.NullOr(Count)),
  eos_token_id: Schema.optionalKey(TokenIds)
})

const GenerationConfiguration = Schema.Struct({
  eos_token_id: Schema.optionalKey(TokenIds),
  do_sample: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  temperature: Schema.optionalKey(Schema.NullOr(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)))),
  top_p: Schema.optionalKey(Schema.NullOr(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))))
})

const TokenizerConfiguration = Schema.Struct({
  chat_template: Schema.optionalKey(
    Schema.NullOr(
      Schema.Union([Schema.String, Schema.Array(Schema.Struct({ name: Schema.String, template: Schema.String }))])
    )
  )
})

const readFolder = async (path: string, file: string | null): Promise<ModelFolder> => {
  const names = await filesOf(path)
  if (!names.includes("tokenizer.json")) {
    throw new OnnxProblem("not-found", `${path} has no tokenizer.json; export the model together with its tokenizer`)
  }
  const config = await decodeFile(path, "config.json", Configuration)
  const generation = names.includes("generation_config.json")
    ? await decodeFile(path, "generation_config.json", GenerationConfiguration)
    : {}
  const tokenizerConfig = names.includes("tokenizer_config.json") ? await readJson(path, "tokenizer_config.json") : {}
  const files = modelFiles(names, file)
  const model = files.at(-1)
  if (model === undefined) throw new OnnxProblem("not-found", noModel(path, names, file))
  const ends = generation.eos_token_id ?? config.eos_token_id ?? []
  return {
    path,
    model: join(path, model),
    contextLength: config.max_position_embeddings ?? config.n_positions ?? null,
    endIds: typeof ends === "number" ? [ends] : ends,
    sampling:
      generation.do_sample === true
        ? { temperature: generation.temperature ?? 1, topP: generation.top_p ?? 1 }
        : { temperature: 0, topP: 1 },
    cache: cacheOf(config),
    template: await readTemplate(path, names, tokenizerConfig),
    tokenizer: await readJson(path, "tokenizer.json"),
    tokenizerConfig,
    fingerprint: await fingerprintOf(path, files)
  }
}

const cacheOf = ({ hidden_size, num_attention_heads, num_key_value_heads, head_dim }: typeof Configuration.Type) => {
  const heads = num_key_value_heads ?? num_attention_heads
  const width =
    head_dim ??
    (hidden_size === undefined || num_attention_heads === undefined ? null : hidden_size / num_attention_heads)
  return heads === undefined || width === null ? null : { heads, width }
}

/** Names of the files, those in `onnx/` with that prefix. */
const filesOf = async (path: string): Promise<ReadonlyArray<string>> => {
  const status = await stat(path).catch(() => null)
  if (status === null)
    throw new OnnxProblem(
      "not-found",
      `${path} does not exist; name a folder that holds config.json, tokenizer.json and onnx/model.onnx`
    )
  if (!status.isDirectory())
    throw new OnnxProblem("not-found", `${path} is not a folder; name the folder that holds the model`)
  const inside = await readdir(join(path, "onnx")).catch(() => [])
  return [...(await readdir(path)), ...inside.map((name) => `onnx/${name}`)]
}

const noModel = (path: string, names: ReadonlyArray<string>, file: string | null): string => {
  const there = names.filter((name) => name.endsWith(".onnx"))
  const instead = there.length === 0 ? "it holds no .onnx file" : `it has ${there.join(", ")}`
  return `${path} has no ${file ?? usualNames.join(" or ")}; ${instead}`
}

const readTemplate = async (
  path: string,
  names: ReadonlyArray<string>,
  tokenizerConfig: Readonly<Record<string, unknown>>
): Promise<string> => {
  if (names.includes("chat_template.jinja")) return readFile(join(path, "chat_template.jinja"), "utf8")
  const { chat_template: template } = decode(path, "tokenizer_config.json", TokenizerConfiguration, tokenizerConfig)
  const chosen = typeof template === "string" ? template : template?.find(({ name }) => name === "default")?.template
  if (chosen === undefined) {
    throw new OnnxProblem(
      "unsupported",
      `${path} has no chat template, neither chat_template.jinja nor in tokenizer_config.json; examine a model that was tuned for chat`
    )
  }
  return chosen
}

const readJson = async (path: string, name: string): Promise<Readonly<Record<string, unknown>>> => {
  const text = await readFile(join(path, name), "utf8").catch(() => null)
  if (text === null) throw new OnnxProblem("not-found", `${path} has no ${name}`)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>
  } catch {}
  throw new OnnxProblem("malformed-reply", `${join(path, name)} is not a JSON object; fetch the model again`)
}

const decodeFile = async <A>(path: string, name: string, schema: Schema.Codec<A, unknown>): Promise<A> =>
  decode(path, name, schema, await readJson(path, name))

const decode = <A>(path: string, name: string, schema: Schema.Codec<A, unknown>, value: unknown): A => {
  try {
    return Schema.decodeUnknownSync(schema)(value)
  } catch (cause) {
    throw new OnnxProblem(
      "malformed-reply",
      `${join(path, name)} is wrong: ${(cause as Error).message.replaceAll(/\s+/g, " ")}`
    )
  }
}

const fingerprintOf = async (path: string, names: ReadonlyArray<string>): Promise<Digest> => {
  const digests: Record<string, string> = {}
  for (const name of names) {
    const hash = createHash("sha256")
    await pipeline(createReadStream(join(path, name), { highWaterMark: 1 << 20 }), hash)
    digests[name] = hash.digest("hex")
  }
  return digest(digests)
}
