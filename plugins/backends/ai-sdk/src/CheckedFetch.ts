/** A stricter way to the server for providers that let one choose it. */
import { makeHttpAccess } from "@model-intake/wire"
import { keysIn } from "./Instances.ts"

/**
 * A `fetch` for providers that take one: `createOpenAI({ fetch: checkedFetch })`. It follows no redirect and rejects on
 * replies that are no whole JSON in UTF-8 or that hold the key, which the providers themselves are lenient about.
 */
export const checkedFetch: typeof fetch = (input, init) => {
  const secrets = keysIn(Object.fromEntries(new Headers(init?.headers)))
  for (const secret of secrets) sentKeys.add(secret)
  // How long a call may take is for the backend to say, which aborts it.
  return makeHttpAccess({ backend: "ai-sdk", secrets, timeoutMs: 0 }).fetch(input, init)
}

/** Keys that went out, in memory alone: providers tell nobody which, and no message may repeat one. */
export const sentKeys = new Set<string>()
