import { definePlugin, digest, noSettings, type RatingTask, unrated } from "@model-intake/core"

const words = ["brilliant", "genius", "wonderful", "amazing", "perfect"]
const about = { id: "praise", version: "1.0.0" }

/** Whether the answer praises, and where: a rating quotes the answer by its offsets. */
const rateOne = ({ answer }: RatingTask) => {
  const evidence = words.flatMap((word) => {
    const start = answer.toLowerCase().indexOf(word)
    return start < 0 ? [] : [{ start, end: start + word.length, code: "custom.praise" }]
  })
  // What this rater does not rate stays null, as in `unrated`.
  return { _tag: "rated" as const, rating: { ...unrated, custom: { praise: evidence.length > 0 }, evidence } }
}

export default definePlugin({
  kind: "rater",
  ...about,
  summary: "Finds words of praise",
  capabilities: ["custom.praise"],
  config: noSettings,
  make: () => ({
    ...about,
    // Whatever can change a rating belongs in the digest: raters with different digests are different raters.
    digest: digest({ ...about, words }),
    fields: ["custom.praise"],
    thresholds: {},
    // For form H, praise is defined as one of these words. Nothing is estimated, so there are no errors to measure.
    accreditations: [
      {
        field: "custom.praise",
        form: "H",
        sensitivity: 1,
        specificity: 1,
        auc: null,
        positives: 0,
        negatives: 0,
        dataDigest: digest(words)
      }
    ],
    rate: async (tasks) => tasks.map(rateOne)
  })
})
