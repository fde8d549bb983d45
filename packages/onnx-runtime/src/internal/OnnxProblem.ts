/** What keeps a folder from being opened or a request from being answered, as it crosses from thread to thread. */
import type { BackendReason } from "@model-intake/core"

export class OnnxProblem extends Error {
  readonly reason: BackendReason

  /** @param message one sentence for people */
  constructor(reason: BackendReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** The problem itself, or a fault that tells what was thrown. */
export const toProblem = (cause: unknown, what: string): OnnxProblem =>
  cause instanceof OnnxProblem ? cause : new OnnxProblem("fault", `${what}: ${firstLine(cause)}`)

/** What was thrown, without the stack or the paths in the runtime's own source that follow on later lines. */
export const firstLine = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0]!
