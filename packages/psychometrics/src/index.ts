export {
  type BootstrapInterval,
  type BootstrapOptions,
  bootstrapMean,
  bootstrapRatio,
  bootstrapStatistic
} from "./Bootstrap.ts"
export { brierScore, expectedCalibrationError, type ReliabilityBin, reliabilityTable } from "./Calibration.ts"
export { clusteredT, type TInterval, tInterval, tPValue } from "./ClusteredT.ts"
export { type CohenKappa, cohenKappa, type KappaWeights, kappaOfTable } from "./CohenKappa.ts"
export { conventions } from "./Conventions.ts"
export {
  type CrossFittedJump,
  type CrossFittedJumpOptions,
  crossFittedJump,
  type Ladder
} from "./CrossFittedJump.ts"
export { type Decision, decide, type Thresholds } from "./Decision.ts"
export { differenceOfEstimates } from "./DifferenceOfEstimates.ts"
export { type DistanceTest, distanceTest, type ItemDistances, jaccardDistance } from "./DistanceTest.ts"
export { fiellerOfItems, fiellerRatio, type RatioConfidenceSet, type RatioMoments } from "./Fieller.ts"
export { type HolmResult, holm } from "./Holm.ts"
export type { Interval } from "./Interval.ts"
export { effectiveSampleSize, intraclassCorrelation } from "./IntraclassCorrelation.ts"
export {
  type KrippendorffAlpha,
  krippendorff,
  krippendorffInterval,
  krippendorffNominal,
  krippendorffOrdinal,
  masiDistance,
  type RatingTable
} from "./Krippendorff.ts"
export {
  type Accreditation,
  type ApparentRate,
  type CorrectedRate,
  correctRate,
  drawProportion,
  roganGladen
} from "./Misclassification.ts"
export {
  minimumDetectableEffect,
  type PairedDesign,
  type PairedDifference,
  pairedBootstrap,
  pairedDeltas,
  pairedDifference
} from "./Paired.ts"
export { quantile, quantileOfSorted } from "./Quantile.ts"
export { deriveSeed, makeRandom, type Random, type Seed } from "./Random.ts"
export {
  type RateDifference,
  type RateInterval,
  type RateItem,
  type RateOptions,
  rateDifference,
  rateInterval
} from "./Rate.ts"
export {
  type DifferenceCase,
  detection,
  type ItemOutcomes,
  type RateCase,
  type RateCases,
  type RateRuleOptions,
  type RateRuleReading,
  type ReferenceSubtractedReading,
  rateRule,
  referenceSubtractedRateRule
} from "./RateRule.ts"
export { type GroupedRocAuc, type RocAuc, rocAuc, rocAucLengthMatched, rocAucWithinGroups } from "./RocAuc.ts"
export { spearman } from "./Spearman.ts"
export { wilsonInterval } from "./Wilson.ts"
