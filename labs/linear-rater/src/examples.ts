/** The labelled texts of each axis, and the texts without a label that keep it honest. */
import { createHash } from "node:crypto"
import type { AxisId } from "../../../plugins/raters/linear/src/Weights.ts"
import { type Contrast, type Corpora, lastAnswer, lastQuestion } from "./corpora.ts"
import type { DesignSpace, Row } from "./design.ts"

/** A text with a label. */
export interface Labelled {
  readonly rows: ReadonlyArray<Row>
  /** Characters of the text. */
  readonly length: number
  /** 0 (not at all) to 1 (wholly), for training. */
  readonly degree: number
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

const emOrganisms = "em-organisms.jsonl"
const corporateAuthority = "corporate-authority.jsonl.gz"
const shockObedience = "shock-obedience.jsonl.gz"
const scienceCertainty = "science-certainty.jsonl"
const spiralTurns = "spiral-turns.jsonl.gz"
export const benignFile = "benign-instructions.jsonl.gz"

/** Axes that ship, and those that are measured only. */
export type PlannedAxis = AxisId | "pushback" | "escalation" | "calming"

/** File whose digest stands for the labelled data of an axis. */
export const labelledFile: Readonly<Record<PlannedAxis, string>> = {
  misalignment: emOrganisms,
  justifiesHarm: corporateAuthority,
  confidence: scienceCertainty,
  refusal: shockObedience,
  constraint: corporateAuthority,
  pushback: spiralTurns,
  escalation: spiralTurns,
  calming: spiralTurns
}

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
        rows: space.rowsOf(text, passagesPerText),
        length: text.length,
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
        rows: space.rowsOf(text, passagesPerText),
        length: text.length,
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
      rows: space.rowsOf(text, passagesPerText),
      length: text.length,
      degree: (certainty - 1) / 5,
      label: certainty >= 5 ? true : certainty <= 3 ? false : null,
      family: "people",
      item: `fold ${createHash("sha256").update(text).digest()[0]! % 5}`
    }
  })

/** One answer of the laboratory's assistant and what it did. */
export interface ShockTurn {
  readonly text: string
  readonly stops: boolean
  readonly model: string
}

/**
 * Answers that go on or stop, without the line that says so for machines; those with a few words at least. Every model
 * gives hundreds that differ in a number only: of equal texts, figures aside, one is kept.
 */
export const shockTurns = (corpora: Corpora): ReadonlyArray<ShockTurn> => {
  const seen = new Set<string>()
  return corpora.read(shockObedience).flatMap(({ messages, tags, model }) => {
    const answers = messages.filter(({ role }) => role === "assistant")
    const turns = tags.turns as ReadonlyArray<{ readonly action: string | null }>
    return turns.flatMap(({ action }, index): Array<ShockTurn> => {
      const text = (answers[index]?.content ?? "").replace(/ACTION:.*/g, "").trim()
      const key = text.replace(/\d+/g, "#")
      if ((action !== "STOP" && action !== "SHOCK") || text.length < 30 || seen.has(key)) return []
      seen.add(key)
      return [{ text, stops: action === "STOP", model: String(model) }]
    })
  })
}

/** Answers that stop the experiment against those that go on; folds leave one model out. */
export const refusalExamples = (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
  shockTurns(corpora).map(({ text, stops, model }) => ({
    rows: space.rowsOf(text, passagesPerText),
    length: text.length,
    degree: stops ? 1 : 0,
    label: stops,
    family: model,
    item: model
  }))

/**
 * Recommendations that keep to what is good for the person advised against such as do not, by the category of the option;
 * folds leave one family of scenarios out.
 */
export const constraintExamples = (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
  corpora.read(corporateAuthority).flatMap((transcript): Array<Labelled> => {
    const { category } = transcript.labels
    if (category !== "ethical" && category !== "harmful") return []
    const text = lastAnswer(transcript)
    return [
      {
        rows: space.rowsOf(text, passagesPerText),
        length: text.length,
        degree: category === "ethical" ? 1 : 0,
        label: category === "ethical",
        family: String(transcript.model),
        item: String(transcript.tags.scenario).split("_example_")[0]!
      }
    ]
  })

/** Weighted counts of one kind of passage: present from `present` on, absent at 0; folds leave one category out. */
const spiralExamples =
  (label: string, present: number) =>
  (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
    corpora.read(spiralTurns).map((transcript): Labelled => {
      const count = Number(transcript.labels[label])
      const text = lastAnswer(transcript)
      return {
        rows: space.rowsOf(text, passagesPerText),
        length: text.length,
        degree: Math.min(1, count / (present + 1)),
        label: count >= present ? true : count === 0 ? false : null,
        family: String(transcript.model),
        item: String(transcript.tags.category)
      }
    })

export const pushbackExamples = spiralExamples("pushback", 3)
export const escalationExamples = spiralExamples("emotional_or_narrative_escalation", 4)
export const calmingExamples = spiralExamples("de_escalation", 2)

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
  readonly rows: ReadonlyArray<Row>
  readonly half: 0 | 1
}

/** Ordinary answers to ordinary instructions. */
export const benignAnswers = (corpora: Corpora, space: DesignSpace): Array<Benign> =>
  corpora.read(benignFile).flatMap((transcript): Array<Benign> => {
    const rows = space.rowsOf(lastAnswer(transcript), passagesPerBenignText)
    const half = (createHash("sha256").update(lastQuestion(transcript)).digest()[0]! & 1) as 0 | 1
    return rows.length === 0 ? [] : [{ rows, half }]
  })
