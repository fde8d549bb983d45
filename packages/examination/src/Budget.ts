/** A budget in requests, tokens and money: what a call may cost at most is set aside before it is made. */
import type { ChatRequest, Usage } from "@model-intake/core"

export interface BudgetOptions {
  readonly maxRequests?: number | undefined
  readonly maxTokens?: number | undefined
  readonly maxCost?: number | undefined
  /** Per million tokens. */
  readonly price?: { readonly input: number; readonly output: number } | undefined
}

/** What a run has used up. Calls that may have been billed although they failed count at the most they may cost. */
export interface Spent {
  readonly requests: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** By the given price; null without one. */
  readonly cost: number | null
}

export interface Budget {
  /** Sets a call aside; or says, as a clause, which budget it would overrun. */
  readonly reserve: (inputTokens: number, outputTokens: number) => string | null
  /** Replaces what was set aside by what was used: the reported usage, all of it, or a request without tokens. */
  readonly settle: (inputTokens: number, outputTokens: number, usage: Usage | "all" | "nothing") => void
  /** Calls that are set aside and not settled. */
  readonly open: () => number
  readonly spent: () => Spent
}

export const makeBudget = (options: BudgetOptions): Budget => {
  const { maxCost, maxRequests, maxTokens, price } = options
  let [open, heldInput, heldOutput] = [0, 0, 0]
  let [requests, input, output] = [0, 0, 0]
  const costOf = (inputTokens: number, outputTokens: number): number =>
    price === undefined ? 0 : (inputTokens * price.input + outputTokens * price.output) / 1e6
  return {
    reserve: (inputTokens, outputTokens) => {
      const allInput = input + heldInput + inputTokens
      const allOutput = output + heldOutput + outputTokens
      if (maxRequests !== undefined && requests + open + 1 > maxRequests) {
        return `the budget of ${maxRequests} requests is spent`
      }
      if (maxTokens !== undefined && allInput + allOutput > maxTokens) {
        return `the budget of ${maxTokens} tokens does not hold another call (${input + output} used, the next may take ${inputTokens + outputTokens})`
      }
      if (maxCost !== undefined && costOf(allInput, allOutput) > maxCost) {
        return `the budget of ${maxCost} does not hold another call (${costOf(input, output).toFixed(4)} used, the next may cost ${costOf(inputTokens, outputTokens).toFixed(4)})`
      }
      open++
      heldInput += inputTokens
      heldOutput += outputTokens
      return null
    },
    settle: (inputTokens, outputTokens, usage) => {
      open--
      heldInput -= inputTokens
      heldOutput -= outputTokens
      requests++
      if (usage === "nothing") return
      // A server may report anything: what makes no sense counts as the most that it may have been.
      input += usage === "all" ? inputTokens : sane(usage.inputTokens, inputTokens)
      output += usage === "all" ? outputTokens : sane(usage.outputTokens, outputTokens)
    },
    open: () => open,
    spent: () => ({
      requests,
      inputTokens: input,
      outputTokens: output,
      cost: price === undefined ? null : costOf(input, output)
    })
  }
}

/** Tokens that a request may count at most: one for two bytes of UTF-8, and some for each turn's frame. */
export const requestTokens = ({ messages, responseSchema }: ChatRequest): number => {
  let tokens = responseSchema === undefined ? 0 : Math.ceil(JSON.stringify(responseSchema.schema).length / 2)
  for (const { content } of messages) tokens += Math.ceil(Buffer.byteLength(content) / 2) + 8
  return tokens
}

const sane = (reported: number | null, most: number): number =>
  reported !== null && Number.isSafeInteger(reported) && reported >= 0 ? reported : most
