/** What an exam takes from files: lineage, wrapper, policy, trigger prefixes, bundles and hidden states. */
import {
  type Activations,
  type AttestedSummary,
  decodeLineage,
  decodeReferenceBundle,
  decodeWrapper,
  loadPolicy,
  readActivations,
  verifyAttestation
} from "@model-intake/core"
import { jsonFiles, readJson, UsageError } from "@model-intake/host"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** The value read from a file where one is named. */
const optionally = <A, E>(
  file: Option.Option<string>,
  read: (file: string) => Effect.Effect<A, E>
): Effect.Effect<A | undefined, E> => (Option.isSome(file) ? read(file.value) : Effect.succeed(undefined))

export const lineageFrom = (file: Option.Option<string>) =>
  optionally(file, (path) => Effect.flatMap(readJson(path), (document) => decodeLineage(document, path)))

export const wrapperFrom = (file: Option.Option<string>) =>
  optionally(file, (path) => Effect.flatMap(readJson(path), (document) => decodeWrapper(document, path)))

export const policyFrom = (file: Option.Option<string>) =>
  optionally(file, (path) => Effect.flatMap(readJson(path), loadPolicy))

export const bundlesFrom = (file: Option.Option<string>) =>
  optionally(file, (path) =>
    Effect.flatMap(jsonFiles(path), (files) =>
      Effect.forEach(files, (one) => Effect.flatMap(readJson(one), (document) => decodeReferenceBundle(document, one)))
    )
  )

const Prefixes = Schema.decodeUnknownEffect(Schema.Array(Schema.NonEmptyString))

/** `none`, or a JSON file with the texts that are put before the first turn. */
export const triggersFrom = (file: Option.Option<string>) =>
  optionally(file, (path) =>
    path === "none"
      ? Effect.succeed([])
      : Effect.flatMap(readJson(path), (document) =>
          Effect.mapError(
            Prefixes(document),
            () => new UsageError({ message: `${path} is no list of trigger prefixes; write a JSON array of texts` })
          )
        )
  )

export const activationsFrom = (file: Option.Option<string>): Effect.Effect<Activations | undefined, UsageError> =>
  optionally(file, (path) => Effect.mapError(readActivations(path), ({ message }) => new UsageError({ message })))

/** An attested summary and the key that it has to be signed with. */
export const attestationFrom = (
  file: Option.Option<string>,
  key: Option.Option<string>
): Effect.Effect<AttestedSummary | undefined, UsageError> =>
  optionally(
    file,
    Effect.fnUntraced(function* (path: string) {
      if (Option.isNone(key)) {
        return yield* new UsageError({
          message: "--attested needs --attestation-key, the public key whose signature you trust"
        })
      }
      return yield* Effect.mapError(
        verifyAttestation(yield* readJson(path), [key.value], path),
        ({ message }) => new UsageError({ message })
      )
    })
  )

/** Prices in a currency per million tokens, as `input,output`. */
export const priceFrom = (
  text: string
): Effect.Effect<{ readonly input: number; readonly output: number }, UsageError> => {
  const [input, output, ...rest] = text.split(",").map(Number)
  return input !== undefined && output !== undefined && rest.length === 0 && input >= 0 && output >= 0
    ? Effect.succeed({ input, output })
    : Effect.fail(
        new UsageError({
          message: `--price ${text} is no price; write input,output per million tokens, such as 0.15,0.60`
        })
      )
}
