/** How far an exam is, from its events. */
import type { Event } from "@model-intake/core"
import type { ExamProgress } from "./ExamTicket.ts"

export interface ProgressMeter {
  /** @param now milliseconds of a clock that does not jump */
  readonly take: (event: Event, now: number) => void
  readonly read: (now: number, requests: number) => ExamProgress
}

/** Trials before a pace is told: the first ones wait for the model to load. */
const leastForPace = 20

export const makeProgressMeter = (): ProgressMeter => {
  let stage = "exam"
  let [planned, done, resumed] = [0, 0, 0]
  let [stageDone, stageTotal] = [0, 0]
  /** Trials that really were put, and when the first of them was answered. */
  let [fresh, startedAt] = [0, 0]
  return {
    take: (event, now) => {
      if (event._tag === "Planned") planned = event.estimate.trials
      if (event._tag === "Journalled") resumed = event.rows
      if (event._tag === "StageStarted") {
        stage = event.stage
        stageDone = 0
        stageTotal = event.trials
      }
      if (event._tag === "TrialDone") {
        stage = event.stage
        done++
        stageDone = event.done
        stageTotal = event.total
        if (done <= resumed) return
        if (fresh++ === 0) startedAt = now
      }
    },
    read: (now, requests) => {
      // What follows a borderline reading is not in the plan: the stage under way says how much more there is.
      const total = Math.max(planned, done + Math.max(0, stageTotal - stageDone))
      const pace = fresh < leastForPace || now <= startedAt ? null : (fresh - 1) / (now - startedAt)
      return {
        stage,
        done,
        total,
        resumed,
        requests,
        remainingMs: pace === null || done >= total ? null : Math.round((total - done) / pace)
      }
    }
  }
}
