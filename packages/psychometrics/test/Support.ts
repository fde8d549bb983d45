import fc from "fast-check"

/** Checks a property on the same cases in every run. */
export const holds = <A>(property: fc.IProperty<A>, numRuns = 200): void =>
  fc.assert(property, { seed: 20_260_105, numRuns })

export const finite = fc.double({ min: -1000, max: 1000, noNaN: true })

export const probability = fc.double({ min: 0, max: 1, noNaN: true })

/** Items x replicates of small whole numbers, which add up without rounding in any order. */
export const items = (minItems: number, maxItems = 12) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 }), {
    minLength: minItems,
    maxLength: maxItems
  })

/** The values of an array in some other order. */
export const permuted = <A>(arrays: fc.Arbitrary<ReadonlyArray<A>>) =>
  arrays.chain((values) =>
    fc.tuple(
      fc.constant(values),
      fc.shuffledSubarray([...values.keys()], { minLength: values.length, maxLength: values.length })
    )
  )

export const meanOf = (values: ReadonlyArray<number>): number =>
  values.reduce((total, value) => total + value, 0) / values.length
