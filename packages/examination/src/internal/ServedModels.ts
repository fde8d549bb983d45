/**
 * Which model a server says it ran. Providers fall back to other models and swap what stands behind a name; an exam is of
 * one model, so what another one answered is missing evidence.
 */

import type { ServedAs } from "@model-intake/core"
import { formatSubject, type Subject } from "@model-intake/core"
import type { Row } from "./Ratings.ts"

export interface ServedModels {
  /**
   * The rows of a subject with the answers of other models taken out. Its model is the one that gave most of the answers
   * that were seen first; of two that gave as many, the one whose name sorts first.
   */
  readonly ofOneModel: (subject: Subject, rows: ReadonlyArray<Row>) => ReadonlyArray<Row>
  /** What every subject was answered as, by subject and fingerprint. */
  readonly served: () => ReadonlyArray<ServedAs>
}

export const makeServedModels = (): ServedModels => {
  const models = new Map<string, string>()
  const fingerprints = new Map<string, Map<string, Set<string>>>()
  return {
    ofOneModel: (subject, rows) => {
      const name = formatSubject(subject)
      const seen = fingerprints.get(name) ?? new Map<string, Set<string>>()
      fingerprints.set(name, seen)
      for (const { response, trial } of rows) {
        if (response._tag !== "answered" || response.fingerprint === null) continue
        seen.set(response.fingerprint, (seen.get(response.fingerprint) ?? new Set()).add(trial.id))
      }
      const model = models.get(name) ?? mostFrequent(rows)
      if (model === null) return rows
      models.set(name, model)
      return rows.map((row) => {
        const { response, trial } = row
        const said = response._tag === "answered" ? modelOf(response.fingerprint) : null
        if (said === null || said === model) return row
        const message = `the server let ${said} answer, and the model under examination is ${model}`
        return { trial, response: { _tag: "unanswered", trial: trial.id, reason: "malformed-reply", message } }
      })
    },
    served: () =>
      [...fingerprints]
        .flatMap(([subject, seen]) =>
          [...seen].map(([fingerprint, trials]) => ({ subject, fingerprint, answers: trials.size }))
        )
        .sort((a, b) => compare(a.subject, b.subject) || compare(a.fingerprint, b.fingerprint))
  }
}

/** The name of the model, which stands first in a fingerprint; a build, a provider and the like follow after a space. */
const modelOf = (fingerprint: string | null): string | null => fingerprint?.split(" ", 1)[0] ?? null

const mostFrequent = (rows: ReadonlyArray<Row>): string | null => {
  const counts = new Map<string, number>()
  for (const { response } of rows) {
    const model = response._tag === "answered" ? modelOf(response.fingerprint) : null
    if (model !== null) counts.set(model, (counts.get(model) ?? 0) + 1)
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || compare(a, b))[0]?.[0] ?? null
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
