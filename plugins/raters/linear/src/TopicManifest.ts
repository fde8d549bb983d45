/** What the weights say of topics: when an answer has nothing to do with its question. */
export interface TopicManifest {
  /** How much an answer has to do with its question, and from where on it has nothing to do with it. */
  readonly topic: {
    /** What the mean meanings of all texts share, subtracted before they are compared. */
    readonly centre: ReadonlyArray<number>
    /** Probability of another subject = 1 / (1 + exp(-(constant + sum of coefficient x feature))); see Topic.ts. */
    readonly coefficients: ReadonlyArray<number>
    readonly threshold: number
  }
  /**
   * Whether an answer is adrift: how much it reads like no answer to anything (the axis `adrift`), together with how
   * little it has to do with its question. Where the question says too little the axis's own threshold holds.
   */
  readonly adrift: {
    /** Probability = 1 / (1 + exp(-(constant + a x score of the axis + b x log odds of another subject))); b > 0. */
    readonly coefficients: readonly [constant: number, ofScore: number, ofTopic: number]
    readonly threshold: number
  }
}
