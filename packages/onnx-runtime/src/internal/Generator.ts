/**
 * Writes many answers at once. Sequences join the running batch as others leave it, so the batch stays full; each answer
 * is what it would be alone.
 */
import type { Answer } from "./Answer.ts"
import { type CacheRow, emptyCache, gatherRows, type KeyValueCache } from "./KeyValueCache.ts"
import type { OnnxModel, Step } from "./OnnxModel.ts"
import { type OnnxProblem, toProblem } from "./OnnxProblem.ts"
import type { ChatResult } from "./Protocol.ts"

export interface Sequence {
  readonly answer: Answer
  readonly done: (result: ChatResult) => void
  readonly failed: (problem: OnnxProblem) => void
}

export interface Generator {
  /** Takes a sequence into the queue, oldest first. */
  readonly submit: (sequence: Sequence) => void
  /** Forgets a sequence, wherever it is; neither of its functions is called any more. */
  readonly cancel: (sequence: Sequence) => void
}

export interface GeneratorOptions {
  /** Most sequences in one run of the model. */
  readonly batchSize: number
  /** Largest difference that the rest of a batch makes to a logit. */
  readonly tolerance: number
}

/** Most logits that one run may put out: 256 MiB. The first run of long prompts with a large vocabulary is split by it. */
const maxLogits = 2 ** 26

/** Rows that have been left cost as much as others; once so few are live, the cache is copied without the rest. */
const fullness = 0.75

export const makeGenerator = (model: OnnxModel, { batchSize, tolerance }: GeneratorOptions): Generator => {
  let waiting: Array<Sequence> = []
  /** By row of `cache`. A sequence that is no longer live keeps its row until the cache is next gathered. */
  let rows: ReadonlyArray<Sequence> = []
  let cache: KeyValueCache = emptyCache(model.cacheShape)
  const live = new Set<Sequence>()
  let running = false

  const run = async () => {
    // Calls that were made together arrive one by one: they are all let in before the first batch is formed.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0 || live.size > 0) {
      const newcomers = shouldAdmit() ? admit() : []
      if (newcomers.length > 0) await attempt(newcomers, join)
      if (live.size <= rows.length * fullness) keep(stay())
      if (rows.length > 0) await attempt(rows, goOn)
    }
    running = false
  }

  /** Runs the model for these sequences; if that fails, they fail and no others. */
  const attempt = async (
    sequences: ReadonlyArray<Sequence>,
    step: (sequences: ReadonlyArray<Sequence>) => Promise<void>
  ): Promise<void> => {
    try {
      await step(sequences)
    } catch (cause) {
      for (const sequence of sequences) fail(sequence, cause)
    }
  }

  const fail = (sequence: Sequence, cause: unknown) => {
    if (live.delete(sequence)) sequence.failed(toProblem(cause, "the ONNX runtime failed"))
  }

  /** Newcomers cost a run and a copy of the cache, so a running batch takes them in groups. */
  const shouldAdmit = () => {
    const free = batchSize - live.size
    return waiting.length > 0 && (live.size === 0 || free >= Math.min(waiting.length, Math.ceil(batchSize / 4)))
  }

  /** The oldest in the queue and those nearest to it in length: the less padding, the less work. */
  const admit = (): ReadonlyArray<Sequence> => {
    const lengthOf = ({ answer }: Sequence) => answer.ids.length
    const oldest = lengthOf(waiting[0]!)
    const near = waiting
      .toSorted((a, b) => Math.abs(lengthOf(a) - oldest) - Math.abs(lengthOf(b) - oldest))
      .slice(0, batchSize - live.size)
    const room = Math.floor(maxLogits / (Math.max(...near.map(lengthOf)) * model.vocabulary))
    const chosen = near.slice(0, Math.max(1, room))
    waiting = waiting.filter((sequence) => !chosen.includes(sequence))
    for (const sequence of chosen) live.add(sequence)
    return chosen
  }

  const join = async (newcomers: ReadonlyArray<Sequence>) => {
    const begun = await model.begin(newcomers.map(({ answer }) => answer.ids))
    const tokens = newcomers.map(({ answer }) => answer.ids.length)
    await takeTokens(newcomers, begun)
    const joining = newcomers.map((sequence, row) => ({ sequence, cache: begun.cache, row, tokens: tokens[row]! }))
    keep([...stay(), ...joining.filter(({ sequence }) => live.has(sequence))])
  }

  const goOn = async (sequences: ReadonlyArray<Sequence>) => {
    const step = await model.next(
      sequences.map(({ answer }) => answer.ids.at(-1)!),
      cache,
      sequences.map(({ answer }) => answer.cached)
    )
    cache = step.cache
    await takeTokens(sequences, step)
  }

  /** Gives each sequence its next token; one that is complete leaves. */
  const takeTokens = async (sequences: ReadonlyArray<Sequence>, { logits }: Step): Promise<void> => {
    for (const [row, sequence] of sequences.entries()) {
      if (!live.has(sequence)) continue
      try {
        const result = await nextToken(sequence.answer, logits.row(row))
        if (result !== null && live.delete(sequence)) sequence.done(result)
      } catch (cause) {
        fail(sequence, cause)
      }
    }
  }

  /** Where rounding could have decided the draw, the sequence is run alone: that gives the same numbers in any company. */
  const nextToken = async (answer: Answer, logits: Float32Array): Promise<ChatResult | null> => {
    const drawn = answer.draw(logits, tolerance)
    if (drawn.certain) return answer.take(drawn.id, logits)
    const alone = (await model.begin([answer.ids])).logits.row(0)
    return answer.take(answer.draw(alone, 0).id, alone)
  }

  const stay = (): ReadonlyArray<JoinedRow> =>
    rows.flatMap((sequence, row) =>
      live.has(sequence) ? [{ sequence, cache, row, tokens: sequence.answer.cached }] : []
    )

  const keep = (kept: ReadonlyArray<JoinedRow>) => {
    cache = gatherRows(model.cacheShape, kept)
    rows = kept.map(({ sequence }) => sequence)
  }

  return {
    submit: (sequence) => {
      waiting.push(sequence)
      if (running) return
      running = true
      void run()
    },
    cancel: (sequence) => {
      waiting = waiting.filter((other) => other !== sequence)
      live.delete(sequence)
    }
  }
}

interface JoinedRow extends CacheRow {
  readonly sequence: Sequence
}
