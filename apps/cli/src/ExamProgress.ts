/** What a person sees of an exam under way: what it will ask for, how far it is, and what the time went into. */
import { performance } from "node:perf_hooks"
import type { Activity, Event, PlanEstimate } from "@model-intake/core"
import { makeProgress } from "./Progress.ts"

export interface ExamListenerOptions {
  /** Per million tokens, or null where no price was given. */
  readonly price: { readonly input: number; readonly output: number } | null
  readonly timings: boolean
}

/** In the order in which they are told, whatever came first. */
const activities: ReadonlyArray<Activity> = ["generation", "hidden states", "rating", "statistics"]

export const makeExamListener = (stream: NodeJS.WriteStream, { price, timings }: ExamListenerOptions) => {
  const progress = makeProgress(stream)
  const started = performance.now()
  const spent = new Map<Activity, number>()
  const say = (text: string) => {
    progress.end()
    stream.write(`${text}\n`)
  }
  return {
    listen: (event: Event): void => {
      if (event._tag === "Planned") {
        say(`${estimateText(event.estimate, price)}.`)
        if (event.unaccredited.length > 0) {
          const what = event.unaccredited.map(({ fields, instrument }) => `${instrument} (${fields.join(", ")})`)
          say(
            `No installed rater is accredited on this form for ${what.join(", ")}: their answers will be missing evidence. Ctrl-C stops.`
          )
        }
        if (event.atMost.calls > event.estimate.calls) {
          say(`If readings end borderline or are replicated: up to ${estimateText(event.atMost, price)}.`)
        }
      }
      if (event._tag === "TrialDone") progress.update(event.done / event.total, event.done, "answers", event.stage)
      if (event._tag === "Timed") spent.set(event.activity, (spent.get(event.activity) ?? 0) + event.milliseconds)
    },
    end: (): void => {
      progress.end()
      if (!timings) return
      const total = performance.now() - started
      const known = activities.map((activity) => `${activity} ${seconds(spent.get(activity) ?? 0)}`)
      const rest = total - [...spent.values()].reduce((sum, milliseconds) => sum + milliseconds, 0)
      say(`${seconds(total)}: ${[...known, `everything else ${seconds(Math.max(0, rest))}`].join(", ")}.`)
    }
  }
}

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
