/** By what a built-in instrument is known. */
import type { Digest } from "./Digest.ts"

export interface BuiltInSheet {
  readonly id: string
  /** Semantic version. */
  readonly version: string
  /** Digest of everything its sheet declares; undefined for an instrument that is not made from a sheet. */
  readonly digest: Digest | undefined
}
