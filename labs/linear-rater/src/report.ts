/** Writes the figures: `report.json` for programs, `report.md` for people. */
import { writeFileSync } from "node:fs"
import type { FieldOnData } from "./accredit.ts"
import type { CarriedOver } from "./carryOver.ts"
import { decisionSections } from "./decisionReport.ts"
import { fieldSections } from "./fieldReport.ts"
import type { collapse, inRealText, ruleMeasures } from "./fields.ts"
import type { InstrumentFields } from "./instruments.ts"
import { percent, range, table } from "./markdown.ts"
import type { areas, share } from "./measure.ts"

type Areas = ReturnType<typeof areas>
type Share = ReturnType<typeof share>

export interface AxisFigures {
  readonly all: Areas
  readonly organismsOnly?: Areas
  readonly byFamily: Readonly<Record<string, number>>
  readonly byItem: Readonly<Record<string, number>>
  readonly threshold: number
  readonly accuracy: { readonly sensitivity: number; readonly specificity: number }
  readonly benignFlagged: Readonly<Record<string, Share>>
  readonly flaggedByFamily: Readonly<Record<string, Share>>
  readonly calibrationError: number
  readonly rankCorrelation: number
  readonly rankCorrelationOfLength: number
  readonly bySource: Readonly<Record<string, number>>
  readonly best: {
    readonly sensitivity: number
    readonly specificity: number
    readonly benignFlagged: number
  }
  readonly below?: { readonly threshold: number; readonly ofNegative: Share; readonly ofPositive: Share }
  readonly flaggedElsewhere?: Readonly<Record<string, Share & { readonly of: number }>>
  readonly related?: Readonly<
    Record<
      string,
      {
        readonly auc: number
        readonly lengthMatched: number
        readonly lengthOnly: number
        readonly n: number
        readonly positives: number
      }
    >
  >
}

export interface Report {
  readonly version: string
  readonly digest: string
  readonly bytes: number
  readonly words: number
  readonly axes: Readonly<Record<string, AxisFigures>>
  readonly topic: {
    readonly pairs: number
    readonly auc: number
    readonly threshold: number
    readonly benignFlagged: Share
    readonly swappedFlagged: Share
  }
  readonly adrift: {
    readonly benignFlagged: Share
    readonly coefficients: ReadonlyArray<number>
    readonly threshold: number
  }
  readonly fields: ReadonlyArray<FieldOnData>
  readonly carriedOver: ReadonlyArray<CarriedOver>
  readonly instruments: ReadonlyArray<InstrumentFields>
  readonly rules: ReturnType<typeof ruleMeasures>
  readonly benign: Readonly<Record<string, Share>>
  readonly collapse: ReturnType<typeof collapse>
  readonly inRealText: ReturnType<typeof inRealText>
  readonly digests: Readonly<Record<string, string>>
}

export const writeReport = (folder: URL, report: Report): void => {
  writeFileSync(new URL("report.json", folder), `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(new URL("report.md", folder), `${markdown(report)}\n`)
}

const markdown = (report: Report): string =>
  [
    "# Figures of the linear rater",
    "",
    `Version ${report.version}, ${report.words} words, ${(report.bytes / 1e6).toFixed(2)} MB, digest \`${report.digest}\`. Written by \`pnpm train\`; do not edit.`,
    "",
    "Labelled text is scored by fits that never saw its item (question, scenario family), and for misalignment never its",
    "model family either; hand-written pairs on the item's subject are left out too. Ordinary answers are",
    "scored by fits that saw answers to other questions only. Length only: the same figure for the number of characters, in",
    "its better direction.",
    ...decisionSections(report),
    ...fieldSections(report),
    ...Object.entries(report.axes).flatMap(([id, figures]) => axisSection(id, figures)),
    "",
    "## Data",
    "",
    ...table(
      ["file", "SHA-256"],
      Object.entries(report.digests).map(([file, digest]) => [file, `\`${digest.slice(7, 23)}...\``])
    )
  ].join("\n")

const axisSection = (id: string, figures: AxisFigures): Array<string> => [
  "",
  `## ${id}`,
  "",
  ...areaTable("All texts", figures.all),
  ...(figures.organismsOnly === undefined
    ? []
    : ["", ...areaTable("Organisms only, base model left out", figures.organismsOnly)]),
  "",
  ...table(
    ["left out", "AUC"],
    [...Object.entries(figures.byFamily), ...Object.entries(figures.byItem)].map(([name, auc]) => [
      name,
      auc.toFixed(3)
    ])
  ),
  "",
  `The shipped threshold is ${figures.threshold}. Chosen without a text's item by the same rule: sensitivity ${percent(figures.accuracy.sensitivity)}, specificity ${percent(figures.accuracy.specificity)}. Calibration error (ECE, equal mass, calibrated on other items): ${figures.calibrationError}. Spearman with the graded label ${figures.rankCorrelation.toFixed(3)}, of length alone ${figures.rankCorrelationOfLength.toFixed(3)}.`,
  "",
  `With the highest sensitivity + specificity instead: ${percent(figures.best.sensitivity)} and ${percent(figures.best.specificity)}, ${percent(figures.best.benignFlagged)} of ordinary answers flagged.`,
  ...(figures.below === undefined
    ? []
    : [
        "",
        `At or below ${figures.below.threshold}: ${percent(figures.below.ofNegative.share)} of the negatives and ${percent(figures.below.ofPositive.share)} of the positives.`
      ]),
  "",
  ...table(
    ["flagged, cross-fitted", "share", "95 % interval", "n"],
    [...Object.entries(figures.flaggedByFamily), ...Object.entries(figures.benignFlagged)].map(([name, flagged]) => [
      name,
      percent(flagged.share),
      range(flagged),
      String(flagged.n)
    ])
  ),
  ...(figures.flaggedElsewhere === undefined || figures.related === undefined
    ? ["", "No field of the rating carries this: measured, not shipped."]
    : elsewhere(figures.flaggedElsewhere, figures.related))
]

const elsewhere = (
  flaggedElsewhere: NonNullable<AxisFigures["flaggedElsewhere"]>,
  related: NonNullable<AxisFigures["related"]>
): Array<string> => [
  "",
  ...table(
    ["flagged elsewhere, by the shipped weights", "share", "95 % interval", "rated"],
    Object.entries(flaggedElsewhere).map(([name, flagged]) => [
      name,
      percent(flagged.share),
      range(flagged),
      `${flagged.n} of ${flagged.of}`
    ])
  ),
  "",
  ...table(
    ["related label, never trained on", "AUC", "length-matched", "length only", "n (positive)"],
    Object.entries(related).map(([name, { auc, lengthMatched, lengthOnly, n, positives }]) => [
      name,
      auc.toFixed(3),
      lengthMatched.toFixed(3),
      lengthOnly.toFixed(3),
      `${n} (${positives})`
    ])
  )
]

const areaTable = (title: string, { n, positives, score, lengthOnly }: Areas): Array<string> => [
  `${title}: ${n}, of which ${positives} positive; pooled AUC ${score.pooledInterval[0]} to ${score.pooledInterval[1]}.`,
  "",
  ...table(
    ["AUC", "pooled", "within family", "within item", "within both", "length-matched"],
    [
      ["rater", ...row(score)],
      ["length only", ...row(lengthOnly)]
    ]
  )
]

const row = (area: Areas["lengthOnly"]): Array<string> =>
  [area.pooled, area.withinFamily, area.withinItem, area.withinFamilyAndItem, area.lengthMatched].map((value) =>
    value.toFixed(3)
  )
