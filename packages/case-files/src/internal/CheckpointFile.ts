/** Where a checkpoint lies: a file beside the signing key, named after the store, that appears whole or not at all. */
import { randomUUID } from "node:crypto"
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { digestBytes } from "@model-intake/core"
import * as Effect from "effect/Effect"
import type { SigningKey } from "../SigningKey.ts"
import { isSignedBy } from "../SigningKey.ts"
import { type Checked, formatCheckpoint, parseCheckpoint } from "./Checkpoint.ts"

export interface CheckpointFile {
  readonly path: string
  /** Null where there is none that the key signed. */
  readonly read: (key: SigningKey) => Effect.Effect<Checked | null>
  /** Writes if it can: without a checkpoint the next check only takes longer. */
  readonly write: (key: SigningKey, checked: Checked) => Effect.Effect<void>
}

/** @param store names the store wherever it is asked for: an absolute path, or an address without secrets */
export const checkpointFile = (signingKey: string, store: string): CheckpointFile => {
  const path = join(dirname(signingKey), "checkpoints", `${digestBytes(store).slice("sha256:".length, 39)}.txt`)
  return {
    path,
    read: (key) =>
      Effect.match(
        Effect.tryPromise(() => readFile(path, "utf8")),
        {
          onFailure: () => null,
          onSuccess: (text) =>
            parseCheckpoint(text, store, (signed, signature) => isSignedBy(key.id, signed, signature))
        }
      ),
    write: (key, checked) => {
      const partial = `${path}.${randomUUID()}.partial`
      return Effect.ignore(
        Effect.tryPromise(async () => {
          await mkdir(dirname(path), { recursive: true, mode: 0o700 })
          await writeFile(partial, formatCheckpoint(store, checked, key.sign), { mode: 0o600 })
          await rename(partial, path)
        }).pipe(Effect.tapError(() => Effect.promise(() => rm(partial, { force: true }).catch(() => {}))))
      )
    }
  }
}
