/** What a fit learnt from one source is worth on another source that labels the same field. */
import { rocAuc } from "@model-intake/psychometrics"
import { keptAnywhereExamples } from "./acts.ts"
import { axisPlans } from "./axes.ts"
import { round } from "./calibrate.ts"
import type { Corpora } from "./corpora.ts"
import type { DesignSpace } from "./design.ts"
import { type Companions, crossFit } from "./fit.ts"
import type { Scored } from "./measure.ts"
import { accuracyUnseen, youdenCut } from "./operating.ts"

export interface CarriedOver {
  readonly source: string
  /** The fit saw other items of the source; and nothing of the source at all. */
  readonly within: { readonly auc: number; readonly youden: number }
  readonly without: { readonly auc: number; readonly youden: number }
}

/** The constraint kept, learnt from both sources that label it, and from the other one alone. */
export const constraintCarriedOver = (
  corpora: Corpora,
  companions: Companions,
  space: DesignSpace
): ReadonlyArray<CarriedOver> => {
  const { options } = axisPlans.find(({ id }) => id === "constraint")!
  const examples = keptAnywhereExamples(corpora, space).filter(({ rows }) => rows.length > 0)
  const folds = [examples, examples.map((text) => ({ ...text, item: text.source }))]
  const [within, without] = folds.map((texts) =>
    crossFit(texts, companions, space, options, false).map(
      (score, index): Scored => ({ ...texts[index]!, label: texts[index]!.label!, score })
    )
  )
  return [...new Set(examples.map(({ source }) => source))].map((source) => ({
    source,
    within: figuresOf(within!, source, false),
    without: figuresOf(without!, source, true)
  }))
}

/** A threshold for a source that was left out is chosen on the others, as the fit was. */
const figuresOf = (cases: ReadonlyArray<Scored>, source: string, elsewhere: boolean) => {
  const own = cases.filter((text) => text.source === source)
  const on = (texts: ReadonlyArray<Scored>) => ({ cases: texts, benign: [], benignShare: null })
  const at = elsewhere ? youdenCut(on(cases.filter((text) => text.source !== source))) : null
  const { sensitivity, specificity } =
    at === null ? accuracyUnseen(youdenCut, on(own)) : accuracyUnseen(() => at, on(own))
  return {
    auc: round(
      rocAuc(
        own.map(({ score }) => score),
        own.map(({ label }) => label)
      ).estimate,
      1e3
    ),
    youden: round(sensitivity + specificity - 1, 1e3)
  }
}
