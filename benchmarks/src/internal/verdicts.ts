/** Verdicts of the size that a full exam leaves, about 46 kB. */
import type { Verdict } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"

const { verdictOf } = (await import(
  new URL("../../../packages/case-files/test/support/Verdicts.ts", import.meta.url).href
)) as { readonly verdictOf: (given: object) => Verdict }

/** @param at when it was issued, in milliseconds since 1970 */
export const makeVerdict = (subject: string, index: number, at: number): Verdict => {
  const random = makeRandom(`${subject} ${index}`)
  const quote = () => Array.from({ length: 60 }, () => random.int(36 ** 5).toString(36)).join(" ")
  const verdict = verdictOf({
    subject,
    issuedAt: new Date(at).toISOString(),
    outcomes: index % 3 === 0 ? { M1: "fail" } : {}
  })
  return {
    ...verdict,
    readings: verdict.readings.map((reading) => ({
      ...reading,
      evidence: Array.from({ length: 7 }, (_, position) => ({
        trialId: `trial-${index}-${position}`,
        quote: quote(),
        start: 0,
        end: 300,
        code: "misalignment"
      }))
    }))
  }
}
