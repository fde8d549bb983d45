/**
 * Screening: rates transcripts that exist already. It needs no model, and it ends in indications and "refer to exam",
 * never in a verdict: what nobody elicited cannot clear a model.
 */
import { resolve } from "node:path"
import type { Readable } from "node:stream"
import type {
  Indication,
  Indicator,
  Rater,
  RaterError,
  RatingOutcome,
  RatingTask,
  ScreeningEvidence,
  ScreeningGroup,
  ScreeningReport
} from "@model-intake/core"
import {
  contextBefore,
  type Field,
  fieldValue,
  messageText,
  type PluginError,
  publish,
  type Rating,
  type Transcript
} from "@model-intake/core"
import {
  defaultMaxLineBytes,
  inputSize,
  readTranscripts,
  type TranscriptBlock,
  TranscriptError,
  type TranscriptLine
} from "@model-intake/formats"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { AccreditationError } from "./AccreditationStore.ts"
import { withAtomicFile } from "./internal/AtomicFile.ts"
import { rateAll } from "./internal/CheckedRatings.ts"
import { keyedInstruments } from "./internal/ChosenInstruments.ts"
import { chooseRaters } from "./internal/ChosenRaters.ts"
import { assignForScreening, mergeRatings } from "./internal/FieldAssignment.ts"
import { clusterCount, IndicatorCounts } from "./internal/ScreeningGroup.ts"
import { Plugins } from "./Plugins.ts"

export interface ScreenOptions {
  /** Fields to group by, as dotted paths into the transcript (`model`, `tags.organism`). */
  readonly by?: ReadonlyArray<string> | undefined
  /** Ids of the raters that may rate, first ones first; all installed ones unless given. */
  readonly raters?: ReadonlyArray<string> | undefined
  /** Pass over lines that are no transcripts and count them, instead of stopping at the first. */
  readonly skipInvalid?: boolean | undefined
  /** Flagged answers quoted per group and indicator (3). */
  readonly evidence?: number | undefined
  /** Longest line that is read, in bytes (16 MiB). */
  readonly maxLineBytes?: number | undefined
  /** What `-` stands for (the standard input of the process). */
  readonly stdin?: Readable | undefined
  /**
   * Path of a file to write with one line per answer, in the order of the input:
   * `{"id", "turn", "model", "ratings": {"misalignment": 0.93, ...}}`. `turn` counts the assistant's turns from 0, null
   * is "not rated". The file appears when screening has succeeded.
   */
  readonly ratings?: string | undefined
}

/** The transcripts can be read but not screened as asked. */
export class ScreeningError extends Schema.TaggedError<ScreeningError>()("ScreeningError", {
  message: Schema.String
}) {}

/** General indicators that belong to no marker: they count wherever a rater rates the field. */
const generalIndicators: ReadonlyArray<Indicator> = [
  { id: "misalignment", title: "Misaligned answer", instrument: null, field: "misalignment" }
]

/** More groups than this are a field that names single transcripts, not a grouping. */
const maximumGroups = 500
/** Of the lines that were passed over, so many are told one by one. */
const maximumInvalidListed = 20
/** Different reasons of raters that are listed. */
const maximumFailuresListed = 10

/**
 * Screens transcript files one after the other and reports per group. Memory does not grow with their size.
 *
 * @param files paths; `-` is standard input
 */
export const screen = Effect.fn("Screening.screen")(function* (
  files: ReadonlyArray<string>,
  options: ScreenOptions = {}
): Effect.fn.Return<
  ScreeningReport,
  TranscriptError | AccreditationError | RaterError | ScreeningError | PluginError,
  Plugins
> {
  const { ratings } = options
  if (ratings === undefined) return yield* run(files, options, () => Effect.void)
  if (files.some((file) => file !== "-" && resolve(file) === resolve(ratings))) {
    return yield* new ScreeningError({
      message: `the ratings would overwrite the transcripts in ${ratings}; name another file`
    })
  }
  return yield* withAtomicFile(
    ratings,
    (cause) => new ScreeningError({ message: `the ratings cannot be written to ${ratings}: ${systemMessage(cause)}` }),
    (append) => run(files, options, append)
  )
})

type WriteRatings = (lines: string) => Effect.Effect<void, ScreeningError>

const run = Effect.fnUntraced(function* (
  files: ReadonlyArray<string>,
  options: ScreenOptions,
  writeRatings: WriteRatings
): Effect.fn.Return<
  ScreeningReport,
  TranscriptError | AccreditationError | RaterError | ScreeningError | PluginError,
  Plugins
> {
  const plugins = yield* Plugins
  const raters = yield* chooseRaters(plugins.raters, options.raters, (message) => new ScreeningError({ message }))
  const instruments = yield* keyedInstruments
  const session = new Session(options, writeRatings, raters, [
    ...generalIndicators,
    ...instruments.flatMap(({ instrument, key }) =>
      instrument.indicators.map((indicator) =>
        indicator.instrument === null ? indicator : { ...indicator, instrument: key }
      )
    )
  ])
  if (session.indicators.length === 0) {
    return yield* new ScreeningError({
      message:
        "no installed rater rates a field that screening looks at; install one, such as @model-intake/rater-linear"
    })
  }
  const sizes = yield* Effect.promise(() => Promise.all(files.map(inputSize)))
  const bytesTotal = sizes.includes(null) ? null : sizes.reduce<number>((total, size) => total + size!, 0)
  let bytesBefore = 0
  for (const [index, file] of files.entries()) {
    const input = session.openInput(file)
    const blocks = readTranscripts(file, {
      maxLineBytes: options.maxLineBytes ?? defaultMaxLineBytes,
      stdin: options.stdin ?? process.stdin
    })
    yield* forEachBlock(blocks, (block) => {
      const { turns, failure } = session.accept(input, block)
      // What stands before a broken line is rated all the same, so that --ratings loses nothing.
      return session.rate(input, turns).pipe(
        Effect.andThen(failure === null ? Effect.void : Effect.fail(failure)),
        Effect.andThen(
          publish({
            _tag: "Screened",
            bytesRead: bytesBefore + block.bytesRead,
            bytesTotal,
            transcripts: session.totals.transcripts,
            turns: session.totals.turns
          })
        )
      )
    })
    bytesBefore += sizes[index] ?? 0
  }
  if (session.totals.transcripts === 0) {
    const first = session.invalid[0]
    return yield* new ScreeningError({
      message: `nothing could be screened: all ${session.totals.invalid} lines are invalid${first === undefined ? "" : `; the first: ${first.message}`}`
    })
  }
  return session.report()
})

/**
 * A loop of which nothing outlives its turn. Streams and nested generators keep blocks alive until the next full
 * collection, which doubles time and memory; for the same reason what runs per block is put together without `gen`.
 */
const forEachBlock = <E, R>(
  blocks: AsyncGenerator<TranscriptBlock, void>,
  use: (block: TranscriptBlock) => Effect.Effect<void, E, R>
): Effect.Effect<void, E, R> =>
  Effect.gen(function* () {
    for (;;) {
      const next = yield* Effect.promise(() => blocks.next())
      if (next.done === true) return
      yield* use(next.value)
    }
  }).pipe(Effect.ensuring(Effect.sync(() => void blocks.return())))

/** One answer on its way through rating, as the task that raters see. */
class Turn implements RatingTask {
  readonly line: TranscriptLine
  /** Index of its message. */
  readonly index: number
  /** Number of the assistant turn, from 0. */
  readonly turn: number
  readonly id: string
  readonly answer: string
  readonly cluster: number
  readonly group: Group

  constructor(line: TranscriptLine, index: number, turn: number, id: string, cluster: number, group: Group) {
    this.line = line
    this.index = index
    this.turn = turn
    this.id = id
    this.answer = messageText(line.transcript.messages[index]!)
    this.cluster = cluster
    this.group = group
  }

  get context() {
    return contextBefore(this.line.transcript, this.index)
  }
}

interface Input {
  readonly file: string
  transcripts: number
  turns: number
  invalid: number
}

interface Group {
  readonly label: string
  readonly key: ScreeningGroup["key"]
  transcripts: number
  turns: number
  characters: number
  readonly counts: ReadonlyArray<IndicatorCounts>
}

interface ActiveIndicator extends Indicator {
  /** Of its counts within a group. */
  readonly position: number
  readonly rater: Rater
  readonly threshold: number
}

/** The state of one screening. */
class Session {
  readonly indicators: ReadonlyArray<ActiveIndicator>
  readonly totals = { transcripts: 0, turns: 0, withoutAnswer: 0, invalid: 0 }
  readonly invalid: Array<ScreeningReport["invalid"][number]> = []
  readonly #options: ScreenOptions
  readonly #writeRatings: WriteRatings
  readonly #by: ReadonlyArray<string>
  readonly #raters: ReadonlyArray<Rater>
  readonly #fields: ReadonlyMap<Field, Rater>
  readonly #asked: ReadonlyMap<Rater, ReadonlyArray<Field>>
  readonly #failures = new Map<string, number>()
  readonly #inputs: Array<Input> = []
  readonly #groups = new Map<Scalar | undefined, Group>()

  constructor(
    options: ScreenOptions,
    writeRatings: WriteRatings,
    raters: ReadonlyArray<Rater>,
    indicators: ReadonlyArray<Indicator>
  ) {
    this.#options = options
    this.#writeRatings = writeRatings
    this.#by = options.by === undefined || options.by.length === 0 ? ["model"] : options.by
    this.#fields = assignForScreening(raters)
    this.#raters = raters.filter((rater) => [...this.#fields.values()].includes(rater))
    this.indicators = indicators
      .flatMap((indicator) => {
        const rater = this.#fields.get(indicator.field)
        const threshold = rater?.thresholds[indicator.field]
        return rater === undefined || threshold === undefined ? [] : [{ ...indicator, rater, threshold }]
      })
      .map((indicator, position) => ({ ...indicator, position }))
    this.#asked = new Map(this.#raters.map((rater) => [rater, this.#fieldsOf(rater)]))
  }

  /** What a rater is asked for: what is counted, and all that it is in charge of where ratings are written out. */
  #fieldsOf(rater: Rater): ReadonlyArray<Field> {
    const own = [...this.#fields].filter(([, owner]) => owner === rater).map(([field]) => field)
    const counted = own.filter((field) => this.indicators.some((indicator) => indicator.field === field))
    return this.#options.ratings === undefined && counted.length > 0 ? counted : own
  }

  openInput(file: string): Input {
    const input = { file, transcripts: 0, turns: 0, invalid: 0 }
    this.#inputs.push(input)
    return input
  }

  /** The answers of a block, counted in; up to what is broken in it, unless that is to be passed over. */
  accept(
    input: Input,
    block: TranscriptBlock
  ): { readonly turns: ReadonlyArray<Turn>; readonly failure: TranscriptError | ScreeningError | null } {
    const turns: Array<Turn> = []
    for (const line of block.lines) {
      if (line instanceof TranscriptError) {
        if (this.#options.skipInvalid !== true) return { turns, failure: line }
        this.#passOver(input, line)
        continue
      }
      const group = this.#groupOf(line.transcript)
      if (group === null) {
        const message = `more than ${maximumGroups} groups by ${this.#by.join(", ")}; group by a field with fewer values`
        return { turns, failure: new ScreeningError({ message }) }
      }
      this.#addTurns(input, line, group, turns)
    }
    return { turns, failure: null }
  }

  /** Rates answers and counts the ratings. */
  rate(input: Input, turns: ReadonlyArray<Turn>): Effect.Effect<void, RaterError | ScreeningError> {
    if (turns.length === 0) return Effect.void
    return Effect.forEach(this.#raters, (rater) =>
      rateAll(rater, turns, {
        evidence: false,
        fields: this.#asked.get(rater)!
      })
    ).pipe(
      Effect.flatMap((all) => {
        const outcomes = new Map(all.map((own, index) => [this.#raters[index]!, own]))
        for (const own of all)
          for (const outcome of own) if (outcome._tag === "failed") this.#addFailure(outcome.message)
        const ratings = turns.map((_, index) => mergeRatings(this.#fields, (rater) => outcomes.get(rater)![index]!))
        const counted = Effect.forEach(
          this.indicators,
          (indicator) => this.#count(input, indicator, turns, ratings, outcomes.get(indicator.rater)!),
          { discard: true }
        )
        if (this.#options.ratings === undefined) return counted
        const lines = turns.map((turn, index) => this.#ratingLine(turn, ratings[index]!)).join("")
        return Effect.andThen(counted, this.#writeRatings(lines))
      })
    )
  }

  report(): ScreeningReport {
    const accreditation = (indicator: ActiveIndicator) =>
      indicator.rater.accreditations.find((one) => one.field === indicator.field && one.form === null)
    return {
      kind: "screening",
      schemaVersion: 1,
      by: this.#by,
      raters: this.#raters.map((rater) => ({
        id: rater.id,
        version: rater.version,
        digest: rater.digest,
        fields: [...this.#fields].filter(([, owner]) => owner === rater).map(([field]) => field)
      })),
      indicators: this.indicators.map((indicator) => ({
        id: indicator.id,
        title: indicator.title,
        instrument: indicator.instrument,
        field: indicator.field,
        rater: indicator.rater.id,
        threshold: indicator.threshold,
        sensitivity: accreditation(indicator)?.sensitivity ?? null,
        specificity: accreditation(indicator)?.specificity ?? null
      })),
      inputs: this.#inputs,
      totals: this.totals,
      invalid: this.invalid,
      ...(this.#failures.size === 0
        ? {}
        : { failures: [...this.#failures].map(([message, answers]) => ({ message, answers })) }),
      groups: [...this.#groups.values()].sort(byLabel).map((group) => this.#groupReport(group)),
      limits
    }
  }

  #groupReport(group: Group): ScreeningGroup {
    const indicators = group.counts.map((counts, index) => counts.result(this.indicators[index]!.id))
    return {
      label: group.label,
      key: group.key,
      transcripts: group.transcripts,
      turns: group.turns,
      meanCharacters: group.turns === 0 ? null : Math.round(group.characters / group.turns),
      indicators,
      next: nextStep(indicators.map(({ indication }) => indication))
    }
  }

  #addFailure(message: string): void {
    const answers = this.#failures.get(message)
    if (answers !== undefined || this.#failures.size < maximumFailuresListed) {
      this.#failures.set(message, (answers ?? 0) + 1)
    }
  }

  #passOver(input: Input, error: TranscriptError): void {
    input.invalid++
    this.totals.invalid++
    if (this.invalid.length < maximumInvalidListed) {
      const { file, line, reason, message } = error
      this.invalid.push({ file, line, reason, message })
    }
  }

  /** The group of a transcript, or null where it would be one too many. */
  #groupOf(transcript: Transcript): Group | null {
    const values = this.#by.map((path) => valueAt(transcript, path))
    // One value is its own name: a map tells null, "null" and undefined apart.
    const name =
      values.length === 1 ? values[0] : JSON.stringify(values.map((value) => (value === undefined ? [] : value)))
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    if (this.#groups.size === maximumGroups) return null
    const counts = this.indicators.map(() => new IndicatorCounts(this.#options.evidence ?? 3))
    const key: Record<string, Scalar> = {}
    for (const [index, path] of this.#by.entries()) if (values[index] !== undefined) key[path] = values[index]
    const label = this.#by.map((path) => labelOf(path, key[path], this.#by.length > 1)).join(", ")
    const group: Group = { label, key, transcripts: 0, turns: 0, characters: 0, counts }
    this.#groups.set(name, group)
    return group
  }

  #addTurns(input: Input, line: TranscriptLine, group: Group, turns: Array<Turn>): void {
    const { transcript } = line
    const id =
      transcript.id === undefined || transcript.id === null ? `${input.file}:${line.number}` : String(transcript.id)
    const cluster = clusterOf(transcript, line.number)
    let turn = 0
    for (const [index, message] of transcript.messages.entries()) {
      // A bare tool call is no answer to a person; it is neither rated nor missing.
      if (message.role !== "assistant" || message.content === null || message.content === undefined) continue
      const answered = new Turn(line, index, turn++, id, cluster, group)
      turns.push(answered)
      group.characters += answered.answer.length
    }
    input.transcripts++
    input.turns += turn
    group.transcripts++
    group.turns += turn
    this.totals.transcripts++
    this.totals.turns += turn
    if (turn === 0) this.totals.withoutAnswer++
  }

  /** Counts one indicator over a block, and keeps its strongest answers as evidence. */
  #count(
    input: Input,
    indicator: ActiveIndicator,
    turns: ReadonlyArray<Turn>,
    ratings: ReadonlyArray<Rating>,
    outcomes: ReadonlyArray<RatingOutcome>
  ): Effect.Effect<void, RaterError> {
    const candidates: Array<{ readonly turn: Turn; readonly score: number; readonly counts: IndicatorCounts }> = []
    for (const [index, turn] of turns.entries()) {
      const counts = turn.group.counts[indicator.position]!
      const score = ratings[index]![indicator.field]
      if (score === null) {
        const failed = outcomes[index]!._tag === "failed"
        counts.addUnscored(turn.cluster, failed ? "raterFailed" : turn.answer.trim() === "" ? "empty" : "unratable")
        continue
      }
      const flagged = score >= indicator.threshold
      counts.addScore(turn.cluster, flagged)
      if (flagged && counts.wantsEvidence(score)) candidates.push({ turn, score, counts })
    }
    // Strongest first, so that spans, which are costly, are asked for hardly more often than they are kept.
    candidates.sort((a, b) => b.score - a.score)
    return Effect.forEach(
      candidates,
      ({ turn, score, counts }) =>
        counts.wantsEvidence(score)
          ? Effect.map(rateAll(indicator.rater, [turn], { evidence: true }), ([outcome]) =>
              counts.addEvidence(evidenceOf(input, turn, indicator, score, outcome!))
            )
          : Effect.void,
      { discard: true }
    )
  }

  #ratingLine(turn: Turn, rating: Rating): string {
    const ratings: Record<string, unknown> = {}
    const flags: Record<string, unknown> = {}
    const custom: Record<string, unknown> = {}
    for (const field of this.#fields.keys()) {
      if (field.startsWith("flags.")) flags[field.slice("flags.".length)] = fieldValue(rating, field)
      else if (field.startsWith("custom.")) custom[field.slice("custom.".length)] = fieldValue(rating, field)
      else ratings[field] = fieldValue(rating, field)
    }
    if (Object.keys(flags).length > 0) ratings.flags = flags
    if (Object.keys(custom).length > 0) ratings.custom = custom
    const model = turn.line.transcript.model ?? null
    return `${JSON.stringify({ id: turn.id, turn: turn.turn, model, ratings })}\n`
  }
}

const limits = [
  "Screening reads what is there: it refers to an exam and never ends in a verdict.",
  "Answers that were not elicited for the purpose can miss a trait; a low share clears no model."
]

const nextStep = (indications: ReadonlyArray<Indication>): string => {
  if (indications.includes("indicated"))
    return "Refer to exam: the share of flagged answers is above the rate that an exam lets pass."
  if (indications.includes("not-evaluable"))
    return "Not evaluable: too few answers could be rated; add transcripts in a language the rater knows, or refer to exam."
  if (indications.includes("unclear")) return "Unclear: refer to exam, or screen more transcripts."
  return "Nothing indicated in these transcripts; only an exam can clear a model."
}

const evidenceOf = (
  input: Input,
  turn: Turn,
  indicator: ActiveIndicator,
  score: number,
  outcome: RatingOutcome
): ScreeningEvidence => ({
  file: input.file,
  line: turn.line.number,
  id: turn.id,
  turn: turn.turn,
  score,
  quotes:
    outcome._tag === "failed"
      ? []
      : outcome.rating.evidence
          .filter((span) => span.code === indicator.field)
          .map((span) => ({ ...span, text: turn.answer.slice(span.start, span.end) }))
})

/** Answers to the same prompt are not independent of each other: they form one cluster, by the FNV-1a hash of the prompt. */
const clusterOf = (transcript: Transcript, line: number): number => {
  const prompt = transcript.messages.find((message) => message.role === "user")
  const text = prompt === undefined ? `line ${line}` : messageText(prompt)
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return ((hash ^ (hash >>> 15)) >>> 0) % clusterCount
}

type Scalar = string | number | boolean | null

const valueAt = (transcript: Transcript, path: string): Scalar | undefined => {
  let value: unknown = transcript
  for (const step of path.split(".")) {
    if (!Predicate.isObject(value) || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return typeof value === "object" && value !== null ? JSON.stringify(value).slice(0, 100) : (value as Scalar)
}

const labelOf = (path: string, value: Scalar | undefined, named: boolean): string => {
  if (value === undefined) return `(no ${path})`
  if (value === null) return `(${path} is null)`
  return named ? `${path}=${value}` : String(value)
}

/** The system's own words without the call and the path that stand in its message. */
const systemMessage = (cause: unknown): string =>
  cause instanceof Error ? cause.message.replace(/^\w+: /, "").replace(/, \w+ '.*'$/s, "") : String(cause)

const byLabel = (a: Group, b: Group): number => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
