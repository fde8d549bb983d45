/** What an exam takes from files: forms, lineage, wrapper, policy, trigger prefixes, bundles and hidden states. */
import {
  type Activations,
  type AttestedSummary,
  decodeForms,
  decodeLineage,
  decodeReferenceBundle,
  decodeWrapper,
  type Form,
  loadPolicy,
  readActivations,
  verifyAttestation
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { jsonFiles, readJson, UsageError } from "./Files.ts"

/** The value read from a file where one is named. */
const optionally = <A, E>(
  file: Option.Option<string>,
  read: (file: string) => Effect.Effect<A, E>
): Effect.Effect<A | undefined, E> => (Option.isSome(file) ? read(file.value) : Effect.succeed(undefined))

/** A form by its id, or forms from a path: a JSON file or a folder of them. */
export const formsFrom = Effect.fnUntraced(function* (form: string) {
  if (!/[/\\]|\.json$/.test(form)) return { form, forms: [] as ReadonlyArray<Form> }
  const forms: Array<Form> = []
  for (const file of yield* jsonFiles(form)) forms.push(...(yield* decodeForms(yield* readJson(file), file)))
  const ids = [...new Set(forms.map(({ id }) => id))]
  const twins = new Set(forms.flatMap(({ twin }) => twin ?? []))
  // The twin stands in the same place; what no other form calls its twin is the one to administer, or the first.
  const id = ids.find((one) => !twins.has(one)) ?? ids[0]
  if (id === undefined)
    return yield* new UsageError({ message: `${form} holds no form; give a JSON file, or a folder of them` })
  return { form: id, forms }
})

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
