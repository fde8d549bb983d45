/** One ONNX session of a decoder with key-value cache: token ids in, logits, cache and hidden states out. */
import { InferenceSession, Tensor } from "onnxruntime-node"
import type { ModelFolder } from "../ModelFolder.ts"
import { type CacheShape, emptyCache, type KeyValueCache } from "./KeyValueCache.ts"
import { firstLine, OnnxProblem } from "./OnnxProblem.ts"

/** Logits after the last token of each row: `vocabulary` numbers a row. */
export interface Logits {
  readonly row: (index: number) => Float32Array
}

export interface OnnxModel {
  readonly cacheShape: CacheShape
  /** Tokens in the vocabulary. */
  readonly vocabulary: number
  /** Indices of the hidden states that the model puts out; empty where it was exported without. */
  readonly layers: ReadonlyArray<number>
  /** Runs rows of token ids of any lengths, padded on the left. */
  readonly begin: (rows: ReadonlyArray<ReadonlyArray<number>>) => Promise<Step>
  /** Runs one more token of each row. `tokens` counts those of each row that are in the cache. */
  readonly next: (ids: ReadonlyArray<number>, cache: KeyValueCache, tokens: ReadonlyArray<number>) => Promise<Step>
  /**
   * Mean hidden states over the last `spans[row]` tokens of each row, at each of `layers`: [rows, layers, width], and
   * the width.
   */
  readonly states: (
    rows: ReadonlyArray<ReadonlyArray<number>>,
    layers: ReadonlyArray<number>,
    spans: ReadonlyArray<number>
  ) => Promise<{ readonly data: Float32Array; readonly width: number }>
  readonly close: () => Promise<void>
}

export interface Step {
  readonly logits: Logits
  readonly cache: KeyValueCache
}

/** Loads the model on one thread. Rejects with {@link OnnxProblem} if it cannot be loaded or driven. */
export const openOnnxModel = async (folder: ModelFolder): Promise<OnnxModel> => {
  const session = await InferenceSession.create(folder.model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    // Quantised weights are widened before use; activations are never quantised, so answers stay those of the weights.
    extra: { session: { disable_quant_qdq: "1" } }
  }).catch((cause) => {
    throw new OnnxProblem(
      "malformed-reply",
      `${folder.model} cannot be loaded as an ONNX model (${loadProblem(cause)}); fetch it again`
    )
  })
  const layout = readLayout(session, folder)
  const { cacheNames, cacheShape, vocabulary } = layout

  const run = async (batch: Batch, cache: KeyValueCache, outputs: ReadonlyArray<string>) => {
    const rows = batch.rows
    const feeds: Record<string, Tensor> = {
      input_ids: new Tensor("int64", batch.ids, [rows, batch.length]),
      attention_mask: new Tensor("int64", batch.mask, [rows, cache.length + batch.length])
    }
    if (layout.takesPositions) feeds.position_ids = new Tensor("int64", batch.positions, [rows, batch.length])
    for (const [index, name] of cacheNames.entries()) {
      const dims = [rows, cacheShape.heads, cache.length, cacheShape.width]
      feeds[`past_key_values.${name}`] = new Tensor("float32", cache.data[index]!, dims)
    }
    return session.run(feeds, outputs)
  }

  const stepOutputs = ["logits", ...cacheNames.map((name) => `present.${name}`)]
  const step = async (batch: Batch, cache: KeyValueCache): Promise<Step> => {
    const found = await run(batch, cache, stepOutputs)
    const logits = numbersOf(found.logits!)
    return {
      logits: {
        row: (index) =>
          logits.subarray(((index + 1) * batch.length - 1) * vocabulary, (index + 1) * batch.length * vocabulary)
      },
      cache: {
        length: cache.length + batch.length,
        data: cacheNames.map((name) => numbersOf(found[`present.${name}`]!))
      }
    }
  }

  return {
    cacheShape,
    vocabulary,
    layers: layout.layers,
    begin: (rows) => step(padded(rows), emptyCache(cacheShape)),
    next: (ids, cache, tokens) => step(continued(ids, cache, tokens), cache),
    states: async (rows, layers, spans) => {
      const batch = padded(rows)
      const found = await run(
        batch,
        emptyCache(cacheShape),
        layers.map((layer) => `hidden_states.${layer}`)
      )
      const tensors = layers.map((layer) => found[`hidden_states.${layer}`]!)
      const width = tensors[0]!.dims[2]!
      const means = tensors.map((tensor) => meansOfLast(numbersOf(tensor), batch.length, width, spans))
      const data = new Float32Array(rows.length * layers.length * width)
      for (let row = 0; row < rows.length; row++) {
        for (const [index, mean] of means.entries()) {
          data.set(mean.subarray(row * width, (row + 1) * width), (row * layers.length + index) * width)
        }
      }
      return { data, width }
    },
    close: () => session.release()
  }
}

/** One run's input: [rows, length], the mask over cache and input. */
interface Batch {
  readonly rows: number
  readonly length: number
  readonly ids: BigInt64Array
  readonly mask: BigInt64Array
  readonly positions: BigInt64Array
}

const padded = (rows: ReadonlyArray<ReadonlyArray<number>>): Batch => {
  const length = rows.reduce((longest, { length }) => Math.max(longest, length), 0)
  const ids = new BigInt64Array(rows.length * length)
  const mask = new BigInt64Array(rows.length * length)
  const positions = new BigInt64Array(rows.length * length)
  for (const [index, row] of rows.entries()) {
    const start = (index + 1) * length - row.length
    mask.fill(1n, start, start + row.length)
    for (const [place, id] of row.entries()) {
      ids[start + place] = BigInt(id)
      positions[start + place] = BigInt(place)
    }
  }
  return { rows: rows.length, length, ids, mask, positions }
}

const continued = (ids: ReadonlyArray<number>, cache: KeyValueCache, tokens: ReadonlyArray<number>): Batch => {
  const columns = cache.length + 1
  const mask = new BigInt64Array(ids.length * columns)
  for (const [row, count] of tokens.entries()) mask.fill(1n, (row + 1) * columns - count - 1, (row + 1) * columns)
  return {
    rows: ids.length,
    length: 1,
    ids: BigInt64Array.from(ids, BigInt),
    mask,
    positions: BigInt64Array.from(tokens, BigInt)
  }
}

/** [rows, width]: for each row the mean over its last `spans[row]` of `length` columns. */
const meansOfLast = (
  states: Float32Array,
  length: number,
  width: number,
  spans: ReadonlyArray<number>
): Float32Array => {
  const means = new Float32Array(spans.length * width)
  for (const [row, span] of spans.entries()) {
    for (let column = 0; column < width; column++) {
      let sum = 0
      for (let token = length - span; token < length; token++) sum += states[(row * length + token) * width + column]!
      means[row * width + column] = sum / span
    }
  }
  return means
}

const numbersOf = (tensor: Tensor): Float32Array => tensor.data as Float32Array

/** What the session's inputs and outputs say. Everything that generation relies on is checked here, once. */
const readLayout = (session: InferenceSession, folder: ModelFolder) => {
  const refuse = (says: string) => new OnnxProblem("unsupported", `${folder.model} ${says}`)
  const cacheNames = session.inputNames.flatMap(
    (name) => /^past_key_values\.(\d+\.(?:key|value))$/.exec(name)?.[1] ?? []
  )
  const known = new Set([
    "input_ids",
    "attention_mask",
    "position_ids",
    ...cacheNames.map((name) => `past_key_values.${name}`)
  ])
  const foreign = session.inputNames.find((name) => !known.has(name))
  if (foreign !== undefined) throw refuse(`needs the input ${foreign}, which is none of a decoder's usual ones`)
  if (cacheNames.length === 0) {
    throw refuse("has no key-value cache (inputs past_key_values.N.key and .value); export it with its cache")
  }
  const outputs = ["logits", ...cacheNames.map((name) => `present.${name}`)]
  for (const name of ["input_ids", "attention_mask"])
    if (!session.inputNames.includes(name)) throw refuse(`has no input ${name}`)
  for (const name of outputs) if (!session.outputNames.includes(name)) throw refuse(`has no output ${name}`)

  const tensors = new Map(
    [...session.inputMetadata, ...session.outputMetadata].flatMap((data) => (data.isTensor ? [[data.name, data]] : []))
  )
  const layerNames = session.outputNames.filter((name) => /^hidden_states\.\d+$/.test(name))
  for (const name of [`past_key_values.${cacheNames[0]}`, "logits", ...layerNames]) {
    const type = tensors.get(name)?.type
    if (type !== "float32") throw refuse(`has ${name} as ${type}; use an export whose inputs and outputs are float32`)
  }
  const [, heads, , width] = tensors.get(`past_key_values.${cacheNames[0]}`)!.shape
  const cache = typeof heads === "number" && typeof width === "number" ? { heads, width } : folder.cache
  if (cache === null) throw refuse("does not tell the shape of its cache, and neither does config.json")
  const vocabulary = tensors.get("logits")!.shape[2]
  if (typeof vocabulary !== "number")
    throw refuse("does not tell the size of its vocabulary in the shape of its logits")
  return {
    cacheNames,
    cacheShape: { tensors: cacheNames.length, ...cache },
    vocabulary,
    takesPositions: session.inputNames.includes("position_ids"),
    layers: layerNames.map((name) => Number(name.slice("hidden_states.".length))).sort((a, b) => a - b)
  }
}

/** The runtime's own words without the file's name, which the sentence has already. */
const loadProblem = (cause: unknown): string => firstLine(cause).replace(/^Load model from .* failed:\s*/, "")
