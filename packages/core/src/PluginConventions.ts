/** Conventions between Model Intake and its plugins: which contract they share, and how long their functions may take. */

export const pluginConventions = {
  version: 1,
  /**
   * Version of the contract by which a plugin of one copy of core works with another copy. It rises when something
   * that a plugin of the version before relies on changes; what is merely added leaves it as it is.
   */
  contract: 1,
  /**
   * Seconds that each asynchronous function of a plugin may take; time in which it waits for a model that it opened
   * through `Backends` does not count. `chat` has the governor's limit. A plugin may declare longer ones of its own.
   */
  deadlines: {
    make: 60,
    /** One form of an instrument. */
    load: 60,
    /** One subject. */
    open: 120,
    /** One batch of answers. */
    rate: 300,
    /** The hidden states of one form's prompts. */
    activations: 1800
  },
  /** Seconds that an interrupted call, or the closing of a resource, has to clean up before the run goes on. */
  cleanUp: 5
} as const

/** A function of a plugin that has a deadline. */
export type TimedFunction = keyof typeof pluginConventions.deadlines
export const timedFunctions = Object.keys(pluginConventions.deadlines) as ReadonlyArray<TimedFunction>
