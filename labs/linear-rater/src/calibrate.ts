/** From linear scores to probabilities and a threshold. */

export interface Calibration {
  readonly slope: number
  readonly intercept: number
}

/**
 * Logistic calibration (Platt, 1999) by Newton's method.
 *
 * @param targets 0 and 1, or degrees between them
 */
export const fitCalibration = (scores: ReadonlyArray<number>, targets: ReadonlyArray<number>): Calibration => {
  let slope = 1
  let intercept = 0
  for (let iteration = 0; iteration < 30; iteration++) {
    let [gradientSlope, gradientIntercept, curveSlope, curveBoth, curveIntercept] = [0, 0, 1e-9, 0, 1e-9]
    scores.forEach((score, index) => {
      const probability = 1 / (1 + Math.exp(-(slope * score + intercept)))
      const error = targets[index]! - probability
      const curve = probability * (1 - probability)
      gradientSlope += error * score
      gradientIntercept += error
      curveSlope += curve * score * score
      curveBoth += curve * score
      curveIntercept += curve
    })
    const determinant = curveSlope * curveIntercept - curveBoth * curveBoth
    slope += (curveIntercept * gradientSlope - curveBoth * gradientIntercept) / determinant
    intercept += (curveSlope * gradientIntercept - curveBoth * gradientSlope) / determinant
  }
  return { slope: round(slope, 1e6), intercept: round(intercept, 1e6) }
}

/** Probability to four decimals, as the shipped model gives it. */
export const probabilityOf = (score: number, { slope, intercept }: Calibration): number =>
  round(1 / (1 + Math.exp(-(slope * score + intercept))), 1e4)

/** Lowest probability, to four decimals, that at most `share` of the given ones reach. */
export const thresholdFor = (probabilities: ReadonlyArray<number>, share: number): number => {
  const descending = [...probabilities].sort((left, right) => right - left)
  const allowed = Math.floor(share * descending.length)
  return round(descending[allowed]! + 1e-4, 1e4)
}

/** Rounds to a grid of `1 / steps`. */
export const round = (value: number, steps: number): number => Math.round(value * steps) / steps
