/**
 * Argument checks. Each fails with one `RangeError` that names the function, the argument and what was wrong with it.
 */

export const invalid = (where: string, problem: string): RangeError => new RangeError(`${where}: ${problem}`)

export const checkFinite = (where: string, name: string, value: number): void => {
  if (!Number.isFinite(value)) throw invalid(where, `${name} must be a finite number, got ${value}`)
}

export const checkFiniteValues = (where: string, name: string, values: ArrayLike<number>): void => {
  if (values.length === 0) throw invalid(where, `${name} must not be empty`)
  for (let index = 0; index < values.length; index++) checkFinite(where, `${name}[${index}]`, values[index]!)
}

export const checkProbability = (where: string, name: string, value: number): void => {
  if (!(value >= 0 && value <= 1)) throw invalid(where, `${name} must be between 0 and 1, got ${value}`)
}

export const checkProbabilities = (where: string, name: string, values: ArrayLike<number>): void => {
  if (values.length === 0) throw invalid(where, `${name} must not be empty`)
  for (let index = 0; index < values.length; index++) checkProbability(where, `${name}[${index}]`, values[index]!)
}

/** One-sided levels below one half would put the lower bound above the upper one. */
export const checkConfidence = (where: string, value: number, name = "confidence"): void => {
  if (!(value >= 0.5 && value < 1)) throw invalid(where, `${name} must be at least 0.5 and below 1, got ${value}`)
}

export const checkInteger = (where: string, name: string, value: number, minimum: number): void => {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw invalid(where, `${name} must be a whole number of at least ${minimum}, got ${value}`)
  }
}

export const checkNotNegative = (where: string, name: string, value: number): void => {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw invalid(where, `${name} must be a finite number of at least 0, got ${value}`)
  }
}

export const checkPositive = (where: string, name: string, value: number): void => {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw invalid(where, `${name} must be a finite number above 0, got ${value}`)
  }
}

export const checkSameLength = (
  where: string,
  nameA: string,
  a: { readonly length: number },
  nameB: string,
  b: { readonly length: number }
): void => {
  if (a.length !== b.length) {
    throw invalid(where, `${nameA} and ${nameB} must have the same length, got ${a.length} and ${b.length}`)
  }
}

/** Items are clusters of replicates: at least one item, at least one finite value in each. */
export const checkItems = (where: string, name: string, items: ReadonlyArray<ReadonlyArray<number>>): void => {
  if (items.length === 0) throw invalid(where, `${name} must not be empty`)
  items.forEach((values, index) => {
    checkFiniteValues(where, `${name}[${index}]`, values)
  })
}
