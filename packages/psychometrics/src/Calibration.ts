import { checkInteger, checkProbabilities, checkSameLength } from "./internal/Check.ts"
import { mean, sum } from "./internal/Moments.ts"
import { equalMassBins } from "./internal/Ranks.ts"

/** One bin of a reliability table; all values are probabilities but `count`. */
export interface ReliabilityBin {
  readonly count: number
  readonly lowest: number
  readonly highest: number
  readonly meanPrediction: number
  readonly meanOutcome: number
}

/**
 * Mean squared difference between prediction and outcome (Brier, 1950): 0 is perfect, 0.25 what a constant 0.5 gets.
 *
 * @param predictions probabilities
 * @param outcomes 0 or 1, or a known posterior in between
 * @throws RangeError on empty input, mismatched lengths or a value outside [0, 1]
 */
export const brierScore = (predictions: ReadonlyArray<number>, outcomes: ReadonlyArray<number>): number => {
  checkForecasts("brierScore", predictions, outcomes)
  return mean(predictions.map((prediction, index) => (prediction - outcomes[index]!) ** 2))
}

/**
 * Predictions in bins of equal mass, in ascending order. Equal predictions always share a bin, so the table does not
 * depend on the order of the input; bins that ties leave empty are left out.
 *
 * @param bins 10 unless given
 * @throws RangeError as `brierScore`, and on a number of bins below 1
 */
export const reliabilityTable = (
  predictions: ReadonlyArray<number>,
  outcomes: ReadonlyArray<number>,
  bins = 10
): Array<ReliabilityBin> => {
  checkForecasts("reliabilityTable", predictions, outcomes)
  checkInteger("reliabilityTable", "bins", bins, 1)
  const binOf = equalMassBins(predictions, bins)
  const members = Map.groupBy(predictions.keys(), (index) => binOf[index]!)
  return [...members]
    .sort(([a], [b]) => a - b)
    .map(([, indices]) => {
      const inBin = indices.map((index) => predictions[index]!).sort((a, b) => a - b)
      return {
        count: indices.length,
        lowest: inBin[0]!,
        highest: inBin.at(-1)!,
        meanPrediction: mean(inBin),
        meanOutcome: mean(indices.map((index) => outcomes[index]!))
      }
    })
}

/**
 * Mean distance between prediction and outcome over bins of equal mass, weighted by their counts (Naeini, Cooper and
 * Hauskrecht, 2015; equal mass after Nixon et al., 2019). 0 is perfect. Sampling noise alone makes it positive.
 *
 * @throws RangeError as `reliabilityTable`
 */
export const expectedCalibrationError = (
  predictions: ReadonlyArray<number>,
  outcomes: ReadonlyArray<number>,
  bins = 10
): number =>
  sum(
    reliabilityTable(predictions, outcomes, bins).map(
      (bin) => (bin.count / predictions.length) * Math.abs(bin.meanPrediction - bin.meanOutcome)
    )
  )

const checkForecasts = (where: string, predictions: ReadonlyArray<number>, outcomes: ReadonlyArray<number>): void => {
  checkProbabilities(where, "predictions", predictions)
  checkSameLength(where, "predictions", predictions, "outcomes", outcomes)
  checkProbabilities(where, "outcomes", outcomes)
}
