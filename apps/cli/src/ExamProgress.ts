/** What a person sees of an exam under way: what it will ask for, how far it is, and what the time went into. */
import { performance } from "node:perf_hooks"
import type { Activity, Event, PlanEstimate } from "@model-intake/core"
import type { GovernorStatus } from "@model-intake/examination"
import { makeProgress } from "./Progress.ts"

export interface ExamListenerOptions {
  /** Per million tokens, or null where no price was given. */
  readonly price: { readonly input: number; readonly output: number } | null
  readonly timings: boolean
  /** What the exam has used up so far. */
  readonly status: () => GovernorStatus
}

/** In the order in which they are told, whatever came first. */
const activities: ReadonlyArray<Activity> = ["generation", "hidden states", "rating", "statistics"]

export const makeExamListener = (stream: NodeJS.WriteStream, { price, status, timings }: ExamListenerOptions) => {
  const progress = makeProgress(stream)
  const started = performance.now()
  const spent = new Map<Activity, number>()
  let exam: string | null = null
  let reused = 0
  const say = (text: string) => {
    progress.end()
    stream.write(`${text}\n`)
  }
  return {
    listen: (event: Event): void => {
      if (event._tag === "Planned") {
        say(`${estimateText(event.estimate, price)}.`)
        if (event.unaccredited.length > 0) {
          const what = event.unaccredited.map(
            ({ instrument, predicates }) => `${instrument} (${predicates.join(", ")})`
          )
          say(
            `No installed rater is accredited on this form for ${what.join(", ")}: their answers will be missing evidence. Ctrl-C stops.`
          )
        }
        if (event.atMost.calls > event.estimate.calls) {
          say(`If readings end borderline or are replicated: up to ${estimateText(event.atMost, price)}.`)
        }
      }
      if (event._tag === "Journalled") {
        exam = event.exam
        say(
          event.resumed
            ? `Resuming ${event.exam}: ${count(event.rows)} trials are in the journal ${event.file}.`
            : `Journal: ${event.exam} in ${event.file}.`
        )
      }
      if (event._tag === "Reused") reused = event.trials
      if (event._tag === "TrialDone") {
        progress.update(event.done / event.total, event.done, "answers", event.stage, nowText(status()))
      }
      if (event._tag === "Timed") spent.set(event.activity, (spent.get(event.activity) ?? 0) + event.milliseconds)
    },
    /** Says something that is not an event. */
    note: say,
    /** The exam's id in the journal, once it has one. */
    exam: (): string | null => exam,
    end: (): void => {
      progress.end()
      const used = usedText(status(), reused)
      if (used !== null) say(used)
      if (!timings) return
      const total = performance.now() - started
      const known = activities.map((activity) => `${activity} ${seconds(spent.get(activity) ?? 0)}`)
      const rest = total - [...spent.values()].reduce((sum, milliseconds) => sum + milliseconds, 0)
      say(`${seconds(total)}: ${[...known, `everything else ${seconds(Math.max(0, rest))}`].join(", ")}.`)
    }
  }
}

/** What the calls came to, with what of it was wasted. */
const usedText = (status: GovernorStatus, reused: number): string | null => {
  const { cost, failed, inputTokens, outputTokens, rateLimited, requests } = status
  const answered = reused === 0 ? "" : `${count(reused)} trials answered from earlier exams`
  if (requests === 0) return answered === "" ? null : `${answered}.`
  const wasted = [
    rateLimited === 0 ? null : `${count(rateLimited)} met a rate limit`,
    failed === 0 ? null : `${count(failed)} failed`
  ].filter((part) => part !== null)
  return [
    `${count(requests)} requests${wasted.length === 0 ? "" : ` (${wasted.join(", ")})`}`,
    `${tokens(inputTokens)} in, ${tokens(outputTokens)} out`,
    ...(cost === null ? [] : [`cost ${cost.toFixed(2)}`]),
    ...(answered === "" ? [] : [answered])
  ]
    .join(", ")
    .concat(".")
}

const nowText = ({ cost, limit, rateLimited, requests, retries, underWay }: GovernorStatus): string =>
  [
    `${count(requests)} requests`,
    `${underWay} of ${limit} at once`,
    ...(retries + rateLimited === 0 ? [] : [`${count(retries)} repeated`]),
    ...(cost === null ? [] : [`cost ${cost.toFixed(2)}`])
  ].join(", ")

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

const estimateText = (
  { calls, inputTokens, outputTokensAtMost, trials }: PlanEstimate,
  price: ExamListenerOptions["price"]
): string => {
  const size = `${count(trials)} trials, ${count(calls)} calls, about ${tokens(inputTokens)} in and at most ${tokens(outputTokensAtMost)} out`
  if (price === null) return size
  const cost = (inputTokens * price.input + outputTokensAtMost * price.output) / 1e6
  return `${size}, at most ${cost.toFixed(2)} at the given price`
}

const count = (value: number): string => value.toLocaleString("en")

const tokens = (value: number): string =>
  value >= 1e6 ? `${(value / 1e6).toFixed(1)} million tokens` : `${Math.ceil(value / 1000)} thousand tokens`
