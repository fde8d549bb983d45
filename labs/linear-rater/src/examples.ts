/** The labelled texts of each axis, and the texts without a label that keep it honest. */
import { createHash } from "node:crypto"
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
export const benignFile = "benign-instructions.jsonl.gz"

/** File whose digest stands for the labelled data of an axis. */
export const labelledFile = { misalignment: emOrganisms, justifiesHarm: corporateAuthority } as const

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
