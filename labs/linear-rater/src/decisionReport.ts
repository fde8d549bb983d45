/** Which fields may decide, with why, and what that means for the instruments. */
import { unlabelled } from "./accredit.ts"
import { table } from "./markdown.ts"
import type { Report } from "./report.ts"

const figure = (value: number | null | undefined): string => (value == null ? "–" : value.toFixed(3))

export const decisionSections = ({ carriedOver, fields, instruments }: Report): Array<string> => [
  "",
  "## What may decide",
  "",
  "Every text is rated by a fit that never saw its item, at a threshold chosen without it; J is sensitivity + specificity - 1,",
  "and 0.5 is needed. Best J: at the threshold that J alone would choose. Least J: in one model with 20 texts of each class.",
  "A field without a rating is wrong on whichever side it is labelled; areas are those of the fit behind it, if there is one.",
  "",
  ...table(
    [
      "field",
      "data",
      "positive, negative",
      "AUC",
      "length only",
      "length-matched",
      "within model",
      "sensitivity",
      "specificity",
      "J",
      "best J",
      "least J",
      "verdict"
    ],
    [
      ...fields.map(({ accreditation: one, areas, bestYouden, problem }) => [
        `\`${one.field}\``,
        `${one.on}: ${one.labels}`,
        `${one.positives}, ${one.negatives}`,
        figure(areas?.score.pooled ?? one.auc),
        figure(areas?.lengthOnly.pooled ?? one.lengthOnlyAuc),
        figure(areas?.score.lengthMatched ?? one.lengthMatchedAuc),
        figure(areas?.score.withinFamily ?? one.withinModelAuc),
        figure(one.sensitivity),
        figure(one.specificity),
        figure(one.sensitivity + one.specificity - 1),
        figure(bestYouden),
        figure(one.spread?.leastYouden),
        problem === null ? "**decides**" : `screens: ${problem}`
      ]),
      ...Object.entries(unlabelled).map(([field, why]) => [
        `\`${field}\``,
        ...Array.from({ length: 11 }, () => ""),
        why.includes("null") ? `null: ${why}` : `screens: ${why}`
      ])
    ]
  ),
  "",
  ...fields.flatMap(({ accreditation, warnings }) =>
    warnings.length === 0 ? [] : [`\`${accreditation.field}\`: ${warnings.join(" ")}`, ""]
  ),
  "Whether what is learnt from one source is worth anything on another one that labels `constraintKept`:",
  "",
  ...table(
    ["source", "AUC, J: other items of it seen", "AUC, J: nothing of it seen"],
    carriedOver.map(({ source, within, without }) => [
      source,
      `${figure(within.auc)}, ${figure(within.youden)}`,
      `${figure(without.auc)}, ${figure(without.youden)}`
    ])
  ),
  "",
  "| instrument, forms A and B | fields that it reads | decided by this rater alone |",
  "| --- | --- | --- |",
  ...instruments.map(({ fields: read, instrument }) => {
    const may = (field: string) =>
      fields.some(({ accreditation, problem }) => accreditation.field === field && problem === null)
    const missing = read.filter((field) => !may(field))
    return `| ${instrument} | ${read.map((field) => `${field} ${may(field) ? "yes" : "no"}`).join(", ")} | ${missing.length === 0 ? "yes" : `no: ${missing.join(", ")}`} |`
  })
]
