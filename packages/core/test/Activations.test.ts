import { generateKeyPairSync } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll, describe, expect } from "vitest"
import { attest, readActivations, stateOf, verifyAttestation } from "../src/Activations.ts"

const directory = mkdtempSync(join(tmpdir(), "intake-activations-"))
afterAll(() => rmSync(directory, { recursive: true }))

const capture = {
  schema: "model-intake/hidden-states@1",
  model: "tiny",
  revision: null as string | null,
  layers: [1, 3],
  position: "last",
  prompts: ["a", "b", "c"].map((id, index) => ({ id, sha256: String(index).repeat(64) }))
}

/** Three prompts, two layers, width 2: 0, 0.5, 1 ... 5.5, all of them exact in every type. */
const values = Array.from({ length: 12 }, (_, index) => index / 2)

const f32 = (numbers: ReadonlyArray<number>) => Buffer.from(Float32Array.from(numbers).buffer)

const entry = { dtype: "F32", shape: [3, 2, 2], data_offsets: [0, 48] }

interface Parts {
  readonly header?: Readonly<Record<string, unknown>>
  readonly metadata?: unknown
  readonly data?: Buffer
  readonly headerLength?: number
}

let written = 0

/** A safetensors file, sound but for what `parts` puts in its place. */
const file = ({
  header = { hidden: entry },
  metadata = { capture: JSON.stringify(capture) },
  data = f32(values),
  headerLength
}: Parts) => {
  const path = join(directory, `${written++}.safetensors`)
  const text = Buffer.from(JSON.stringify({ ...(metadata === null ? {} : { __metadata__: metadata }), ...header }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(headerLength ?? text.length))
  writeFileSync(path, Buffer.concat([length, text, data]))
  return path
}

const changed = (parts: Partial<Record<keyof typeof capture, unknown>>) => ({
  capture: JSON.stringify({ ...capture, ...parts })
})

const refusal = (path: string) =>
  Effect.map(Effect.flip(readActivations(path)), ({ message }) => message.replace(path, "FILE"))

describe("readActivations", () => {
  it.effect("reads states with their prompts and layers", () =>
    Effect.gen(function* () {
      const activations = yield* readActivations(file({}))
      expect(activations).toMatchObject({
        source: "safetensors",
        subject: "tiny",
        layers: [1, 3],
        width: 2,
        count: 3,
        position: "last"
      })
      expect([...stateOf(activations, 1, 3)]).toEqual([3, 3.5])
      expect(activations.promptDigests[2]).toBe(`sha256:${"2".repeat(64)}`)
    })
  )

  it.effect("gives equal numbers equal digests, whatever type they were stored in", () =>
    Effect.gen(function* () {
      const half = Buffer.from(
        Uint16Array.from([0, 0x3800, 0x3c00, 0x3e00, 0x4000, 0x4100, 0x4200, 0x4300, 0x4400, 0x4480, 0x4500, 0x4580])
          .buffer
      )
      const brain = Buffer.from(Uint16Array.from(values, (value) => f32([value]).readUInt16LE(2)).buffer)
      const stored = (dtype: string, data: Buffer) =>
        file({ header: { hidden: { ...entry, dtype, data_offsets: [0, 24] } }, data })
      const digests = yield* Effect.forEach([file({}), stored("F16", half), stored("BF16", brain)], (path) =>
        Effect.map(readActivations(path), ({ digest }) => digest)
      )
      expect(new Set(digests).size).toBe(1)
      const other = yield* readActivations(file({ metadata: changed({ revision: "v2" }) }))
      expect(other.subject).toBe("tiny@v2")
      expect(digests).not.toContain(other.digest)
    })
  )

  const cases: ReadonlyArray<readonly [what: string, path: () => string, says: RegExp]> = [
    [
      "a header that lies about its length",
      () => file({ headerLength: 1e6 }),
      /FILE says that its header has 1000000 bytes, but only \d+ follow/
    ],
    [
      "a header shorter than its JSON",
      () => file({ headerLength: 40 }),
      /FILE is not a safetensors file: its header is not JSON/
    ],
    [
      "a header length of 2^63",
      () => file({ headerLength: 2 ** 63 }),
      /says that its header has 922337203685477\d+ bytes/
    ],
    [
      "too few bytes of data",
      () => file({ data: f32(values.slice(1)) }),
      /FILE is truncated or its header is wrong: "hidden" ends at byte 48 of 44/
    ],
    [
      "too many bytes of data",
      () => file({ data: f32([...values, 1]) }),
      /FILE holds 4 bytes that belong to no tensor/
    ],
    [
      "overlapping tensors",
      () => file({ header: { hidden: entry, twin: entry } }),
      /gives "twin" bytes that belong to another tensor/
    ],
    [
      "offsets past the end",
      () => file({ header: { hidden: { ...entry, data_offsets: [400, 448] } } }),
      /leaves 400 bytes before "hidden"/
    ],
    [
      "offsets that run backwards",
      () => file({ header: { hidden: { ...entry, data_offsets: [48, 0] } } }),
      /leaves 48 bytes|gives "hidden" -48 bytes/
    ],
    [
      "offsets that do not fit the shape",
      () => file({ header: { hidden: { ...entry, shape: [3, 2, 3] } } }),
      /48 bytes, but F32 \[3, 2, 3\] takes 72/
    ],
    [
      "a tensor without offsets",
      () => file({ header: { hidden: { dtype: "F32", shape: [3, 2, 2] } } }),
      /describes "hidden" without/
    ],
    [
      "whole numbers",
      () => file({ header: { hidden: { ...entry, dtype: "I32" } } }),
      /holds "hidden" as I32; it must be one of F32, F16, BF16/
    ],
    [
      "an unknown type",
      () => file({ header: { hidden: { ...entry, dtype: "F12" } } }),
      /"hidden" as F12, which is no known type/
    ],
    ["another tensor", () => file({ header: { states: entry } }), /has no tensor "hidden"/],
    [
      "two dimensions",
      () => file({ header: { hidden: { ...entry, shape: [6, 2] } } }),
      /of shape \[6, 2\], but its metadata speak of 3 prompts and 2 layers/
    ],
    [
      "fewer layers than it names",
      () => file({ header: { hidden: { ...entry, shape: [3, 1, 4] } } }),
      /of shape \[3, 1, 4\]/
    ],
    [
      "NaN",
      () => file({ data: f32(values.with(7, Number.NaN)) }),
      /holds NaN for prompt "b" at layer 3; every value must be finite/
    ],
    [
      "infinity",
      () => file({ data: f32(values.with(0, Number.NEGATIVE_INFINITY)) }),
      /holds -Infinity for prompt "a" at layer 1/
    ],
    ["no metadata", () => file({ metadata: null }), /has no metadata "capture"/],
    ["metadata that are not texts", () => file({ metadata: { capture } }), /has metadata that are not texts by name/],
    ["metadata that are not JSON", () => file({ metadata: { capture: "{" } }), /has wrong metadata "capture"/],
    [
      "another schema",
      () => file({ metadata: changed({ schema: "other@1" }) }),
      /has wrong metadata "capture".*schema/
    ],
    ["a layer named twice", () => file({ metadata: changed({ layers: [1, 1] }) }), /names a layer twice/],
    [
      "an unknown position",
      () => file({ metadata: changed({ position: "first" }) }),
      /has wrong metadata "capture".*position/
    ],
    [
      "a few bytes",
      () => {
        const path = join(directory, "few")
        writeFileSync(path, "hi")
        return path
      },
      /FILE is not a safetensors file: it has only 2 bytes/
    ],
    [
      "text",
      () => {
        const path = join(directory, "text")
        writeFileSync(path, "prompt,layer,value\n".repeat(9))
        return path
      },
      /FILE is not a safetensors file: no header/
    ],
    ["a directory", () => directory, /FILE is a directory, not a safetensors file/],
    ["nothing", () => join(directory, "missing"), /FILE does not exist; check the path/]
  ]
  for (const [what, path, says] of cases) {
    it.effect(`refuses ${what} in one sentence`, () =>
      Effect.gen(function* () {
        const message = yield* refusal(path())
        expect(message).toMatch(says)
        expect(message).not.toContain("\n")
      })
    )
  }
})

describe("attested summaries", () => {
  const keys = generateKeyPairSync("ed25519")
  const summary = attest(
    {
      source: "attested",
      schema: "model-intake/attested-coordinates@1",
      subject: "acme:model@7",
      reference: "acme:model@1",
      bundle: `sha256:${"a".repeat(64)}`,
      nonce: "8f1c",
      prompts: `sha256:${"b".repeat(64)}`,
      position: "last",
      coordinates: [
        { trait: "authority", domain: "travel", estimate: 0.1, lower: -0.1, upper: 0.3, level: 0.95, n: 24 }
      ],
      attestedAt: "2026-01-01T00:00:00Z"
    },
    keys
  )
  const check = (document: unknown, trusted = [summary.key]) => verifyAttestation(document, trusted, "attested.json")
  const says = (document: unknown, trusted?: ReadonlyArray<string>) =>
    Effect.map(Effect.flip(check(document, trusted as Array<string>)), ({ message }) => message)

  it.effect("hold after a trip through JSON", () =>
    Effect.gen(function* () {
      expect(yield* check(JSON.parse(JSON.stringify(summary)))).toEqual(summary)
    })
  )

  it.effect("do not hold when a number was changed", () =>
    Effect.gen(function* () {
      const coordinates = [{ ...summary.coordinates[0], estimate: 0 }]
      expect(yield* says({ ...summary, coordinates })).toBe(
        "attested.json was altered after it was signed: its signature does not fit"
      )
    })
  )

  it.effect("do not hold under a key that nobody trusts, a foreign signature, or with anything added", () =>
    Effect.gen(function* () {
      const { key: _, signature: __, ...statement } = summary
      const foreign = attest(statement, generateKeyPairSync("ed25519"))
      expect(yield* says(foreign)).toContain("a key that is not trusted")
      expect(yield* says({ ...summary, signature: foreign.signature })).toContain("its signature does not fit")
      expect(yield* says({ ...summary, verdict: "treat" })).toContain("is not an attested summary")
      expect(yield* says("treat")).toContain("is not an attested summary")
    })
  )

  it.effect("do not hold when an interval does not contain its estimate", () =>
    Effect.gen(function* () {
      const { key: _, signature: __, ...statement } = summary
      const crossed = attest({ ...statement, coordinates: [{ ...statement.coordinates[0], lower: 0.2 }] }, keys)
      expect(yield* says(crossed)).toContain("authority in travel that does not hold its estimate")
    })
  )
})
