/**
 * Fits the model of answers that are about something else. Its labels are mechanical: an answer beside its own question
 * against the same answer beside the question of another one.
 */
import { rocAuc } from "@model-intake/psychometrics"
import { informativeness } from "../../../plugins/raters/linear/src/Features.ts"
import type { LinearModel } from "../../../plugins/raters/linear/src/Model.ts"
import { topicDimensions, topicFeatures, topicPassages } from "../../../plugins/raters/linear/src/Topic.ts"
import { round, thresholdFor } from "./calibrate.ts"
import { type Corpora, firstAnswer, type Transcript } from "./corpora.ts"
import { fitLogistic, logistic } from "./logistic.ts"
import { share } from "./measure.ts"
import { passagesOf, type Vocabulary } from "./vocabulary.ts"

const files = [
  "benign-instructions.jsonl.gz",
  "em-organisms.jsonl",
  "pushback-false-premise.jsonl.gz",
  "pushback-ethical.jsonl.gz",
  "spiral-turns.jsonl.gz"
] as const

/** Share of ordinary answers that may count as off topic: a convention. */
const benignFlagged = 0.008
const hops = [37, 411, 1009]

/** Mean direction of the texts' meanings. */
export const topicCentre = (
  texts: ReadonlyArray<string>,
  vocabulary: Vocabulary,
  vectors: Int8Array
): Array<number> => {
  const centre = new Float64Array(topicDimensions)
  for (const text of texts) {
    const sum = new Float64Array(topicDimensions)
    let passages = 0
    for (const { count, hash } of passagesOf(text)) {
      for (const one of new Set(hash.subarray(0, count))) {
        const word = vocabulary.wordOf.get(one)
        if (word === undefined) continue
        const weight = informativeness[vocabulary.rarities[word]!]!
        for (let index = 0; index < topicDimensions; index++) {
          sum[index]! += weight * vectors[word * topicDimensions + index]!
        }
      }
      if (++passages === topicPassages) break
    }
    const norm = Math.hypot(...sum) || 1
    for (let index = 0; index < topicDimensions; index++) centre[index]! += sum[index]! / norm / texts.length
  }
  return Array.from(centre, (value) => round(value, 1e5))
}

interface Pair {
  readonly features: ReadonlyArray<number>
  readonly other: boolean
  readonly half: 0 | 1
  readonly benign: boolean
}

/** Coefficients, the constant first, with the threshold and figures on questions that the fit never saw. */
export const fitTopic = (model: LinearModel, corpora: Corpora) => {
  const pairs = files.flatMap((file) => pairsOf(model, corpora.read(file), file === files[0]))
  const halves = ([0, 1] as const).map((half) => fitOn(pairs.filter((pair) => pair.half !== half)))
  const scored = pairs.map((pair) => ({ ...pair, score: logistic(pair.features, halves[pair.half]!) }))
  const coefficients = fitOn(pairs)
  const own = scored.filter(({ benign, other }) => benign && !other).map(({ score }) => score)
  const threshold = thresholdFor(own, benignFlagged)
  const others = scored.filter(({ benign, other }) => benign && other)
  return {
    coefficients,
    threshold,
    figures: {
      pairs: pairs.length,
      auc: round(
        rocAuc(
          scored.map(({ score }) => score),
          scored.map(({ other }) => other)
        ).estimate,
        1e3
      ),
      benignFlagged: share(own.filter((score) => score >= threshold).length, own.length),
      swappedFlagged: share(others.filter(({ score }) => score >= threshold).length, others.length)
    }
  }
}

const fitOn = (pairs: ReadonlyArray<Pair>): Array<number> =>
  fitLogistic(
    pairs.map(({ features }) => features),
    pairs.map(({ other }) => other)
  )

const pairsOf = (model: LinearModel, transcripts: ReadonlyArray<Transcript>, benign: boolean): Array<Pair> =>
  transcripts.flatMap((transcript, index) => {
    const question = firstQuestion(transcript)
    const other = hops
      .map((hop) => firstQuestion(transcripts[(index + hop) % transcripts.length]!))
      .find((candidate) => candidate !== question)
    const half = (question.length % 2) as 0 | 1
    const answer = firstAnswer(transcript)
    return [question, ...(other === undefined ? [] : [other])].flatMap((asked, swapped): Array<Pair> => {
      const overlap = model.overlap(answer, asked)
      return overlap === null ? [] : [{ features: topicFeatures(...overlap), other: swapped === 1, half, benign }]
    })
  })

const firstQuestion = ({ messages }: Transcript): string => messages.find(({ role }) => role === "user")?.content ?? ""
