/**
 * The Ed25519 key that signs the verdict log. The private half stays in one file that nobody else can read; the public
 * half is named everywhere by its 32 bytes in lower-case hexadecimal.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomUUID,
  sign,
  verify
} from "node:crypto"
import { link, mkdir, open, rm, stat } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Public half of a signing key: 32 bytes in lower-case hexadecimal. */
export const KeyId = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)).annotate({
  identifier: "KeyId",
  description: "Ed25519 public key: 32 bytes in lower-case hexadecimal"
})
export type KeyId = typeof KeyId.Type

export interface SigningKey {
  readonly id: KeyId
  /** Ed25519 over the UTF-8 text: 64 bytes in lower-case hexadecimal. */
  readonly sign: (text: string) => string
}

/** The key file is missing, unsafe or no key. The message never quotes what is in it. */
export class SigningKeyError extends Schema.TaggedError<SigningKeyError>()("SigningKeyError", {
  path: Schema.String,
  message: Schema.String
}) {}

/** A key that lives as long as the process: for tests and for stores in memory. */
export const makeSigningKey: Effect.Effect<SigningKey> = Effect.map(
  Effect.promise(() => generate("ed25519")),
  ({ privateKey }) => signingKeyOf(privateKey)
)

/** The key in a file (PEM, PKCS 8); null where there is no such file. Refuses a file that others can read. */
export const readSigningKey = Effect.fn("SigningKey.read")(function* (
  path: string
): Effect.fn.Return<SigningKey | null, SigningKeyError> {
  const refuse = (says: string) => new SigningKeyError({ path, message: `The signing key ${path} ${says}` })
  const text = yield* readPrivately(path, refuse)
  if (text === null) return null
  const key = yield* Effect.try({
    try: () => createPrivateKey(text),
    catch: () => refuse("holds no private key in PEM; move it away to have a new one made")
  })
  if (key.asymmetricKeyType !== "ed25519")
    return yield* refuse("is no Ed25519 key; move it away to have a new one made")
  return signingKeyOf(key)
})

/**
 * The key in a file, made on first use: the folder gets mode 0700, the file 0600, and it appears whole. Of several
 * processes that make it at once one wins and all get its key.
 */
export const loadSigningKey = Effect.fn("SigningKey.load")(function* (
  path: string
): Effect.fn.Return<SigningKey, SigningKeyError> {
  const found = yield* readSigningKey(path)
  if (found !== null) return found
  const refuse = (says: string) => new SigningKeyError({ path, message: `The signing key ${path} ${says}` })
  yield* createPrivately(path, refuse)
  const made = yield* readSigningKey(path)
  if (made !== null) return made
  return yield* refuse("was removed while it was made; try again")
})

/** A public key as PEM (SubjectPublicKeyInfo), for tools that want it so. */
export const publicKeyPem = (key: KeyId): string => publicKeyOf(key).export({ format: "pem", type: "spki" }).toString()

/** Reads a public key, 64 hexadecimal digits or PEM. */
export const parsePublicKey = Effect.fnUntraced(function* (
  text: string,
  where = "the public key"
): Effect.fn.Return<KeyId, SigningKeyError> {
  const refuse = (says: string) => new SigningKeyError({ path: where, message: `${where} ${says}` })
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return trimmed.toLowerCase()
  if (trimmed.includes("PRIVATE KEY")) return yield* refuse("is a private key; give the public one")
  const key = yield* Effect.try({
    try: () => createPublicKey(trimmed),
    catch: () => refuse("is no Ed25519 public key; give 64 hexadecimal digits or PEM")
  })
  if (key.asymmetricKeyType !== "ed25519") return yield* refuse("is no Ed25519 public key")
  return keyIdOf(key)
})

/** Whether a signature of the text was made with the private half of the key. False for a malformed one. */
export const isSignedBy = (key: KeyId, text: string, signature: string): boolean =>
  /^[0-9a-f]{64}$/.test(key) &&
  /^[0-9a-f]{128}$/.test(signature) &&
  verify(null, Buffer.from(text), publicKeyOf(key), Buffer.from(signature, "hex"))

const generate = promisify(generateKeyPair)

const signingKeyOf = (privateKey: KeyObject): SigningKey => ({
  id: keyIdOf(createPublicKey(privateKey)),
  sign: (text) => sign(null, Buffer.from(text), privateKey).toString("hex")
})

const keyIdOf = (key: KeyObject): KeyId => key.export({ format: "der", type: "spki" }).subarray(-32).toString("hex")

/** Everything of an Ed25519 SubjectPublicKeyInfo (RFC 8410) but the 32 bytes of the key. */
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex")

/** A log has few keys and many signatures, and reading a key takes a third as long as checking a signature. */
const publicKeys = new Map<KeyId, KeyObject>()

const publicKeyOf = (key: KeyId): KeyObject => {
  const known = publicKeys.get(key)
  if (known !== undefined) return known
  const der = Buffer.concat([spkiPrefix, Buffer.from(key, "hex")])
  const made = createPublicKey({ key: der, format: "der", type: "spki" })
  if (publicKeys.size < 1000) publicKeys.set(key, made)
  return made
}

/** What the operating system said: a code such as EACCES, and nothing that was in a file. */
class FileFault extends Schema.TaggedError<FileFault>()("FileFault", { code: Schema.String }) {}

const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, FileFault> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new FileFault({ code: (cause as NodeJS.ErrnoException).code ?? "unknown fault" })
  })

type Refuse = (says: string) => SigningKeyError

/** Windows keeps no such bits: there the user's profile folder protects the file. */
const hasModes = process.platform !== "win32"

const readPrivately = (path: string, refuse: Refuse): Effect.Effect<string | null, SigningKeyError> =>
  Effect.acquireUseRelease(
    attempt(() => open(path, "r")),
    (file) =>
      Effect.gen(function* () {
        // Of the open file, so that it cannot be exchanged between the look and the reading.
        const { mode } = yield* attempt(() => file.stat())
        if (hasModes && (mode & 0o077) !== 0) {
          return yield* refuse(
            `can be read or written by others (mode ${(mode & 0o777).toString(8)}); run chmod 600 on it`
          )
        }
        const folder = yield* attempt(() => stat(dirname(path)))
        if (hasModes && (folder.mode & 0o022) !== 0 && (folder.mode & 0o1000) === 0) {
          return yield* refuse("lies in a folder that others can write to; run chmod 700 on the folder")
        }
        return yield* attempt(() => file.readFile("utf8"))
      }),
    (file) => Effect.promise(() => file.close().catch(() => {}))
  ).pipe(
    Effect.catchTag("FileFault", ({ code }) =>
      code === "ENOENT" ? Effect.succeed(null) : Effect.fail(refuse(`cannot be read (${code})`))
    )
  )

const createPrivately = (path: string, refuse: Refuse): Effect.Effect<void, SigningKeyError> =>
  Effect.gen(function* () {
    yield* attempt(() => mkdir(dirname(path), { recursive: true, mode: 0o700 }))
    const { privateKey } = yield* attempt(() => generate("ed25519"))
    const partial = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`)
    const write = Effect.acquireUseRelease(
      attempt(() => open(partial, "wx", 0o600)),
      (file) =>
        attempt(async () => {
          await file.writeFile(privateKey.export({ format: "pem", type: "pkcs8" }))
          await file.sync()
        }),
      (file) => Effect.promise(() => file.close().catch(() => {}))
    )
    // A link fails where the name is taken, so a key that somebody else just made is never replaced.
    yield* Effect.andThen(
      write,
      attempt(() => link(partial, path))
    ).pipe(Effect.ensuring(Effect.promise(() => rm(partial, { force: true }).catch(() => {}))))
  }).pipe(
    Effect.catchTag("FileFault", ({ code }) =>
      code === "EEXIST" ? Effect.void : Effect.fail(refuse(`cannot be made (${code})`))
    )
  )
