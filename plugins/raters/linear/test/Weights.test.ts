import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { loadLinearModel } from "../src/Model.ts"

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-weights-"))
  await cp(new URL("../weights/", import.meta.url), directory, { recursive: true })
})
afterEach(() => rm(directory, { recursive: true }))

const load = () => loadLinearModel(pathToFileURL(`${directory}/`))

describe("weights", () => {
  it("take at most 4 MB", async () => {
    expect((await readFile(join(directory, "lexicon.bin"))).length).toBeLessThan(4_000_000)
  })

  it("load from any folder and are named by their digest", () => {
    expect(load().digest).toBe(loadLinearModel().digest)
    expect(load().digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it("are refused after a single changed byte", async () => {
    const lexicon = await readFile(join(directory, "lexicon.bin"))
    lexicon[1000]! ^= 1
    await writeFile(join(directory, "lexicon.bin"), lexicon)
    expect(load).toThrow(/lexicon\.bin does not match the digest in its manifest; reinstall the package/)
  })

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ["a missing file", () => rm(join(directory, "lexicon.bin")), /cannot read the weights file .*lexicon\.bin/],
    [
      "a manifest that is not JSON",
      () => writeFile(join(directory, "manifest.json"), "{"),
      /manifest\.json is not JSON/
    ],
    [
      "another format",
      () => writeFile(join(directory, "manifest.json"), '{"format":99}'),
      /weights format 99, this version reads 3/
    ]
  ])("say in a sentence what is wrong with %s", async (_, breakIt, says) => {
    await breakIt()
    expect(load).toThrow(says)
  })
})
