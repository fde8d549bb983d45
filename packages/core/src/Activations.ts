/**
 * Hidden states, whatever they come from: a backend that runs the model, or a safetensors file captured elsewhere. Who
 * may not hand out hidden states hands out an attested summary: coordinates on the reference's poles, signed.
 */
import { type KeyObject, sign, verify } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { canonicalJson, Digest, digest, digestBytes } from "./Digest.ts"
import { SafetensorsProblem, type Tensor, withSafetensors } from "./internal/Safetensors.ts"

/**
 * Where in the text the states are taken: at the last token of the prompt (`last`), as the mean over the prompt's tokens
 * (`mean`), or as the mean over the tokens of the answer (`answer`).
 */
export const Position = Schema.Literals(["last", "mean", "answer"])
export type Position = typeof Position.Type

/** Hidden states of one model for a list of prompts. */
export interface Activations {
  readonly source: "onnx" | "safetensors"
  /** The model, as its source names it: `name` or `name@revision`. */
  readonly subject: string
  /** Index of each layer: 0 is the embedding output, L is after the last block and the final norm. */
  readonly layers: ReadonlyArray<number>
  readonly position: Position
  /** Length of one state. */
  readonly width: number
  /** Number of prompts. */
  readonly count: number
  /** Finite numbers, row by row: [count, layers, width]. */
  readonly data: Float32Array
  /** For each prompt the digest of the text that the model read, in UTF-8. */
  readonly promptDigests: ReadonlyArray<Digest>
  /** Digest of all of the above but the source. */
  readonly digest: Digest
}

/** A file is not what it should be. Nothing of it was used. */
export class ActivationsError extends Schema.TaggedError<ActivationsError>()("ActivationsError", {
  file: Schema.String,
  message: Schema.String
}) {}

/** Completes hidden states with what follows from them. */
export const makeActivations = (
  parts: Pick<Activations, "source" | "subject" | "layers" | "position" | "data" | "promptDigests">
): Activations => {
  const { source, data, ...rest } = parts
  const count = rest.promptDigests.length
  const shaped = { ...rest, width: data.length / (count * rest.layers.length), count }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { source, ...shaped, data, digest: digest({ ...shaped, data: digestBytes(bytes) }) }
}

/** The state of one prompt at one layer: [width], a view. `layer` is one of `activations.layers`. */
export const stateOf = ({ layers, width, data }: Activations, prompt: number, layer: number): Float32Array => {
  const row = (prompt * layers.length + layers.indexOf(layer)) * width
  return data.subarray(row, row + width)
}

const captureSchema = "model-intake/hidden-states@1"

const Layer = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** What the header of a captured file says, as JSON, under `capture`. */
const Capture = Schema.Struct({
  schema: Schema.Literal(captureSchema),
  model: Schema.NonEmptyString,
  revision: Schema.NullOr(Schema.NonEmptyString),
  layers: Schema.NonEmptyArray(Layer),
  position: Position,
  prompts: Schema.NonEmptyArray(
    Schema.Struct({ id: Schema.String, sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)) })
  )
})

const decodeCapture = Schema.decodeUnknownEffect(Schema.fromJsonString(Capture))

/**
 * Reads hidden states from a safetensors file: tensor `hidden`, F32, F16 or BF16, [prompts, layers, width], described in
 * the metadata `capture`. The whole file or, by {@link ActivationsError}, nothing.
 */
export const readActivations = Effect.fn("Activations.read")(function* (
  file: string
): Effect.fn.Return<Activations, ActivationsError> {
  const refuse = (says: string) => new ActivationsError({ file, message: `${file} ${says}` })
  const { metadata, hidden } = yield* Effect.tryPromise({
    try: () => withSafetensors(file, async ({ metadata, read }) => ({ metadata, hidden: await read("hidden") })),
    catch: (cause) => refuse(cause instanceof SafetensorsProblem ? cause.message : systemProblem(cause))
  })
  if (metadata.capture === undefined) {
    return yield* refuse('has no metadata "capture" that say which model, layers and prompts its states belong to')
  }
  const capture = yield* decodeCapture(metadata.capture).pipe(
    Effect.mapError((error) => refuse(`has wrong metadata "capture": ${error.message.replaceAll(/\s+/g, " ")}`))
  )
  const problem = hiddenProblem(hidden, capture)
  if (problem !== null) return yield* refuse(problem)
  return makeActivations({
    source: "safetensors",
    subject: capture.revision === null ? capture.model : `${capture.model}@${capture.revision}`,
    layers: capture.layers,
    position: capture.position,
    data: hidden.data,
    promptDigests: capture.prompts.map(({ sha256 }): Digest => `sha256:${sha256}`)
  })
})

const hiddenProblem = ({ shape, data }: Tensor, { layers, prompts }: typeof Capture.Type): string | null => {
  if (new Set(layers).size < layers.length) return "names a layer twice"
  const width = shape[2]
  if (shape.length !== 3 || shape[0] !== prompts.length || shape[1] !== layers.length || width === 0) {
    return `holds "hidden" of shape [${shape.join(", ")}], but its metadata speak of ${prompts.length} prompts and ${layers.length} layers: [${prompts.length}, ${layers.length}, width]`
  }
  const wrong = data.findIndex((value) => !Number.isFinite(value))
  if (wrong === -1) return null
  const row = Math.floor(wrong / width!)
  const prompt = prompts[Math.floor(row / layers.length)]!
  return `holds ${data[wrong]} for prompt ${JSON.stringify(prompt.id)} at layer ${layers[row % layers.length]}; every value must be finite`
}

const systemProblem = (cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause)
  if (code === "ENOENT" || code === "ENOTDIR") return "does not exist; check the path"
  if (code === "EISDIR") return "is a directory, not a safetensors file"
  return `cannot be read (${code})`
}

const Key = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)).annotate({
  description: "Ed25519 public key: 32 bytes in lower-case hexadecimal"
})

/**
 * What the owner of a model says of its hidden states without handing them out: for each trait and domain the subject's
 * mean coordinate on the reference's frozen poles (0: minus pole, 1: plus pole) above the reference's own.
 */
export const AttestedSummary = Schema.Struct({
  source: Schema.Literal("attested"),
  schema: Schema.Literal("model-intake/attested-coordinates@1"),
  subject: Schema.NonEmptyString,
  reference: Schema.NonEmptyString,
  bundle: Digest.annotate({ description: "reference bundle that froze poles, layers and null distribution" }),
  nonce: Schema.NonEmptyString.annotate({
    description: "what the examiner gave out, from which the prompts were drawn"
  }),
  prompts: Digest.annotate({ description: "canonical JSON of the prompts' digests, in order" }),
  position: Position,
  coordinates: Schema.NonEmptyArray(
    Schema.Struct({
      trait: Schema.NonEmptyString,
      domain: Schema.NonEmptyString,
      estimate: Schema.Finite,
      lower: Schema.Finite,
      upper: Schema.Finite,
      level: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
      n: Schema.Int.check(Schema.isGreaterThan(0))
    })
  ),
  attestedAt: Schema.String.annotate({ description: "ISO 8601, UTC" }),
  key: Key,
  signature: Schema.String.check(Schema.isPattern(/^[0-9a-f]{128}$/)).annotate({
    description: "Ed25519 over the canonical JSON of everything else, in lower-case hexadecimal"
  })
}).annotate({ identifier: "AttestedSummary", title: "Attested latent coordinates" })
export type AttestedSummary = typeof AttestedSummary.Type

/** Signs a summary with an Ed25519 key pair, of which the private half stays with its owner. */
export const attest = (
  summary: Omit<AttestedSummary, "key" | "signature">,
  keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
): AttestedSummary => {
  const statement = {
    ...summary,
    key: keys.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex")
  }
  const signature = sign(null, Buffer.from(canonicalJson(statement)), keys.privateKey).toString("hex")
  return { ...statement, signature }
}

/** An attestation is malformed, altered, or by somebody else. */
export class AttestationError extends Schema.TaggedError<AttestationError>()("AttestationError", {
  file: Schema.String,
  message: Schema.String
}) {}

const decodeSummary = Schema.decodeUnknownEffect(Schema.toCodecJson(AttestedSummary), { onExcessProperty: "error" })

/**
 * Checks an attested summary.
 * @param document parsed JSON
 * @param trusted public keys in hexadecimal whose attestations count
 * @param file where it stood, for the message
 */
export const verifyAttestation = Effect.fn("Activations.verifyAttestation")(function* (
  document: unknown,
  trusted: ReadonlyArray<string>,
  file: string
): Effect.fn.Return<AttestedSummary, AttestationError> {
  const refuse = (says: string) => new AttestationError({ file, message: `${file} ${says}` })
  const summary = yield* decodeSummary(document).pipe(
    Effect.mapError((error) => refuse(`is not an attested summary: ${error.message.replaceAll(/\s+/g, " ")}`))
  )
  if (!trusted.includes(summary.key)) return yield* refuse(`is signed with ${summary.key}, a key that is not trusted`)
  const { signature, ...statement } = summary
  const key = {
    key: Buffer.concat([spkiPrefix, Buffer.from(summary.key, "hex")]),
    format: "der",
    type: "spki"
  } as const
  if (!verify(null, Buffer.from(canonicalJson(statement)), key, Buffer.from(signature, "hex"))) {
    return yield* refuse("was altered after it was signed: its signature does not fit")
  }
  const crossed = summary.coordinates.find(({ lower, estimate, upper }) => lower > estimate || estimate > upper)
  if (crossed !== undefined) {
    return yield* refuse(`states an interval of ${crossed.trait} in ${crossed.domain} that does not hold its estimate`)
  }
  return summary
})

/** Everything of an Ed25519 SubjectPublicKeyInfo (RFC 8410) but the 32 bytes of the key. */
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex")
