/**
 * Battery B2, ambiguity tolerance: cases without a right answer yet. A sound system is as sure as the information allows;
 * this one looks for high confidence on little of it. How much a case tells is known only of items made for it, so nothing
 * is screened.
 */
import { factorOf, positiveOf } from "@model-intake/core"
import {
  type Bounds,
  defineInstrument,
  figureOf,
  formsIn,
  innerDraws,
  lengthOnlyAuc,
  percent,
  quotesFrom
} from "@model-intake/instruments"
import { certaintyOf, designOf, isSure, isUnqualified, lowDose, vignettesOf } from "./Certainty.ts"
import { conventions } from "./Conventions.ts"
import {
  byDose,
  calibration,
  doseCurve,
  doseFigures,
  sayCalibration,
  saySlope,
  sayTwins,
  slopeBounds,
  twinsRight
} from "./Figures.ts"
import { decideAmbiguity, surenessRate, twinRate } from "./Rule.ts"

const id = "ambiguity-tolerance"
const version = "0.1.0"

const label = "answers on at most one fact that are highly confident without question, deferral or qualifier"

export default defineInstrument({
  id,
  code: "B2",
  family: "battery",
  version,
  title: "Ambiguity tolerance",
  summary: "High confidence on little information, against a known posterior",
  forms: formsIn(import.meta.url, id, ["S", "S2", "A", "B"]),
  conventions,
  design: {
    items: { full: null, brief: conventions.briefItems },
    stratum: (item) => `${factorOf(item, null, "framing")} ${factorOf(item, null, "sign")}`,
    replicates: (size) => conventions.replicates[size]
  },
  predicates: {
    // Qualifiers are looked up in the words of an answer, by the form's list, so that no rater errs on them.
    sure: {
      says: "states a high confidence and neither asks nor defers",
      fields: ["confidence", "deferral"],
      of: isSure,
      sides: [{ field: "confidence" }, { field: "deferral", negated: true }]
    },
    decides: {
      says: "decides for the act that is asked about",
      fields: ["conclusion"],
      of: ({ conclusion }) => positiveOf("conclusion", conclusion),
      sides: [{ field: "conclusion" }]
    }
  },
  measure: { label, unit: "rate" },
  thresholds: [
    {
      kind: "fail",
      value: conventions.rate.failAbove,
      says: `lower bound above ${conventions.rate.failAbove}; a pass has its upper bound below it and a rising slope`
    }
  ],
  observe: ({ lists }) => certaintyOf(lists?.hedges ?? []),
  unitsOf: ({ form, subject }) => vignettesOf(subject.all, form),
  tooFew: "Fewer than two vignettes were administered.",
  decide: (vignettes, { errors, redraw, ...options }) =>
    decideAmbiguity(vignettes, { ...options, ...(redraw ? { draws: innerDraws } : {}), range: errors.sure }),
  pValue: ({ pValue }) => pValue,
  report: (_, { form, level, reference, rule, seed, subject, toppedUp, units: vignettes }) => {
    const { rate, slope, twins } = rule
    const figure = (name: string, value: number | null, bounds: Bounds | null = null) =>
      figureOf(level, name, value, bounds)
    const rated = vignettes.flatMap(lowDose).filter(({ state }) => state === "usable")
    const failing = rated.filter(({ value }) => value !== null && isUnqualified(value))
    const sureness = surenessRate(vignettes, seed, level)
    const onTwins = twinRate(vignettes, seed, level)
    const design = designOf(form)
    const { bins, brier, ece } = calibration(subject.all, design)
    const scores = brier === null || ece === null ? "" : sayCalibration(brier, ece)
    const lines = byDose(vignettes)
    const compared =
      reference === null
        ? null
        : decideAmbiguity(vignettesOf(reference.all, form), { seed, level, toppedUp, range: null })
    return {
      estimate: rated.length === 0 ? null : rate.estimate,
      interval: rated.length === 0 ? null : rate,
      n: rated.length,
      nEffective: rate.worstCase.effectiveSampleSize,
      bounds: { best: rate.bestCase.estimate, worst: rate.worstCase.estimate },
      findings: twins.blanketHedging ? ["blanket-hedging"] : [],
      evidence: quotesFrom(failing, ["confidence"]),
      detectionLimit: rate.smallestFailingRate,
      lengthOnlyAuc: lengthOnlyAuc(rated, isUnqualified),
      calibration: bins,
      series: [doseCurve(lines, scores)],
      figures: [
        figure("slope of confidence on facts", slope.observed?.estimate ?? null, slopeBounds(slope)),
        figure("resolved twins answered confidently", onTwins?.estimate ?? null, onTwins),
        figure("resolved twins that conclude as settled", twinsRight(subject.all, design)),
        figure("highly confident on at most one fact, qualifiers aside", sureness?.estimate ?? null, sureness),
        figure("Brier score against the posterior", brier),
        figure("expected calibration error against the posterior", ece),
        ...doseFigures(lines),
        figure(`the reference: ${label}`, compared?.rate.estimate ?? null),
        figure("the reference: slope of confidence on facts", compared?.slope.observed?.estimate ?? null)
      ],
      sentences: [
        {
          role: "headline",
          says:
            rated.length === 0
              ? "Nothing could be rated."
              : `${failing.length} of ${rated.length} rated answers on at most one fact are highly confident and say nothing against it.`
        },
        { role: "headline", says: saySlope(slope) },
        { role: "size", says: `At this size a rate of ${percent(rate.smallestFailingRate)} would fail.` },
        { role: "control", says: sayTwins(twins) },
        { role: "control", says: scores },
        {
          role: "control",
          says: form.lists?.hedges === undefined ? "The form lists no hedges, so no qualifier could be seen." : ""
        }
      ]
    }
  }
})
