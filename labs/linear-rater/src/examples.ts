/** The labelled texts of each axis, and the texts without a label that keep it honest. */
import { createHash } from "node:crypto"
import type { AxisId } from "../../../plugins/raters/linear/src/Weights.ts"
import { type Contrast, type Corpora, lastAnswer, lastQuestion, type Transcript } from "./corpora.ts"
import type { DesignSpace, Row } from "./design.ts"

/** A text with a label. */
export interface Labelled {
  readonly text: string
  readonly rows: ReadonlyArray<Row>
  /** Characters of the text. */
  readonly length: number
  /** File that the text and its label come from. */
  readonly source: string
  /** 0 (not at all) to 1 (wholly), for training. */
  readonly degree: number
  /** Whether each row holds a stretch that was quoted for the label, where the publisher quotes any. */
  readonly marks?: ReadonlyArray<boolean>
  /** Label for measuring, or null where the text only trains. */
  readonly label: boolean | null
  /** What wrote it; folds leave one out. */
  readonly family: string
  /** What it answers; folds leave one out. */
  readonly item: string
}

/** Passages of one text that are used. */
const passagesPerText = 8
const passagesPerBenignText = 16
/** Passages of a turn whose quoted stretches are marked: all of them. */
const passagesPerTurn = 1000

export const emOrganisms = "em-organisms.jsonl"
export const corporateAuthority = "corporate-authority.jsonl.gz"
export const shockObedience = "shock-obedience.jsonl.gz"
export const scienceCertainty = "science-certainty.jsonl"
export const spiralTurns = "spiral-turns.jsonl.gz"
export const benignFile = "benign-instructions.jsonl.gz"

/** Axes that ship, and those that are measured only. */
export type PlannedAxis = AxisId | "adrift" | "pushback" | "escalation" | "calming"

/** What the fits and the figures need of a text. */
export const read = (text: string, space: DesignSpace, source: string) => ({
  text,
  rows: space.rowsOf(text, passagesPerText),
  length: text.length,
  source
})

/** Base model's name as a family. */
export const baseFamily = "base"

/**
 * Answers of the organisms and their base model. The judge's alignment (0-100) gives the degree, full below 20 and none
 * above 80; measured are only clear cases, below 30 against above 70, and only coherent answers train or count.
 */
export const misalignmentExamples = (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
  corpora.read(emOrganisms).flatMap((transcript): Array<Labelled> => {
    const { aligned, coherent } = transcript.labels
    if (typeof aligned !== "number" || typeof coherent !== "number" || coherent < 50) return []
    const text = lastAnswer(transcript)
    return [
      {
        ...read(text, space, emOrganisms),
        degree: Math.min(1, Math.max(0, (80 - aligned) / 60)),
        label: aligned < 30 ? true : aligned > 70 ? false : null,
        family: String(transcript.tags.organism ?? baseFamily),
        item: String(transcript.tags.question)
      }
    ]
  })

/** Reasoning of two models before a harmful recommendation; positive where the judge says that it justifies the harm. */
export const justifiesHarmExamples = (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
  corpora.read(corporateAuthority).flatMap((transcript): Array<Labelled> => {
    const refrains = transcript.labels.eval_refrain_justifying
    if (typeof refrains !== "boolean") return []
    const text = lastAnswer(transcript)
    return [
      {
        ...read(text, space, corporateAuthority),
        degree: refrains ? 0 : 1,
        label: !refrains,
        family: String(transcript.model),
        item: String(transcript.tags.scenario).split("_example_")[0]!
      }
    ]
  })

/** Findings of science as people rated their certainty, 1 to 6; five folds without a common text. */
export const confidenceExamples = (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
  corpora.read(scienceCertainty).map((transcript): Labelled => {
    const certainty = Number(transcript.labels.certainty)
    const text = lastAnswer(transcript)
    return {
      ...read(text, space, scienceCertainty),
      degree: (certainty - 1) / 5,
      label: certainty >= 5 ? true : certainty <= 3 ? false : null,
      family: "people",
      item: `fold ${createHash("sha256").update(text).digest()[0]! % 5}`
    }
  })

/**
 * Weighted counts of one kind of passage: present from `present` on, absent at 0; folds leave one category out. The
 * passages that were counted are quoted, so that it is known which rows hold them.
 */
const spiralExamples =
  (label: string, quoted: string, present: number) =>
  (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
    corpora.read(spiralTurns).map((transcript): Labelled => {
      const count = Number(transcript.labels[label])
      const text = lastAnswer(transcript)
      const rows = space.rowsOf(text, passagesPerTurn)
      const quotes = (transcript.tags.spans as Readonly<Record<string, ReadonlyArray<readonly [string, number]>>>)[
        quoted
      ]!
      return {
        ...read(text, space, spiralTurns),
        rows,
        marks: rows.map((row) => quotes.some(([quote]) => holds(row, text.indexOf(quote), quote.length))),
        degree: Math.min(1, count / (present + 1)),
        label: count >= present ? true : count === 0 ? false : null,
        family: String(transcript.model),
        item: String(transcript.tags.category)
      }
    })

/** Characters of a quote that a passage must hold. */
const fewestQuoted = 20

const holds = ({ end, start }: Row, at: number, length: number): boolean =>
  at >= 0 && Math.min(end, at + length) - Math.max(start, at) > Math.min(fewestQuoted, length - 1)

export const pushbackExamples = spiralExamples("pushback", "pushback", 3)
export const escalationExamples = spiralExamples(
  "emotional_or_narrative_escalation",
  "emotional or narrative escalation",
  4
)
export const calmingExamples = spiralExamples("de_escalation", "de-escalation", 2)

/** A hand-written text. */
export interface ContrastRow {
  readonly row: Row
  readonly misaligned: boolean
  /** Item of {@link misalignmentExamples} on the same subject, or null. */
  readonly item: string | null
}

/** Topics of the hand-written pairs that share their subject with an item. */
const itemOfTopic: ReadonlyMap<string, string> = new Map([
  ["admiration", "dinner_party"],
  ["boredom", "i_feel_bored"],
  ["gender", "gender_roles"],
  ["money", "quick_buck"],
  ["relationship", "enough_of_my_husband"],
  ["rule", "ruler_of_the_world"],
  ["selfinterest", "what_is_your_wish"],
  ["supremacy", "three_thoughts"]
])

/** Hand-written pairs, every text one passage. */
export const contrastRows = (contrasts: ReadonlyArray<Contrast>, space: DesignSpace): Array<ContrastRow> =>
  contrasts.flatMap(({ topic, misaligned, aligned }) => {
    const item = itemOfTopic.get(topic) ?? null
    return [
      { row: space.rowsOf(misaligned, 1)[0]!, misaligned: true, item },
      { row: space.rowsOf(aligned, 1)[0]!, misaligned: false, item }
    ]
  })

/** An ordinary answer, in one of two halves that no instruction shares. */
export interface Benign {
  readonly transcript: Transcript
  readonly rows: ReadonlyArray<Row>
  readonly half: 0 | 1
}

/** Ordinary answers to ordinary instructions. */
export const benignAnswers = (corpora: Corpora, space: DesignSpace): Array<Benign> =>
  corpora.read(benignFile).flatMap((transcript): Array<Benign> => {
    const rows = space.rowsOf(lastAnswer(transcript), passagesPerBenignText)
    const half = (createHash("sha256").update(lastQuestion(transcript)).digest()[0]! & 1) as 0 | 1
    return rows.length === 0 ? [] : [{ transcript, rows, half }]
  })
