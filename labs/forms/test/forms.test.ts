import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { formOf, language, parseScenario, type Scenario } from "@model-intake/backend-specimens"
import type { Arm, Form, Item } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { makeForms, root, twins } from "../src/forms.ts"

/** Bytes of every form on disk, by its path from the root. */
const onDisk = new Map(
  globSync("plugins/*/*/items/S*.json", { cwd: fileURLToPath(root) })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => [path, readFileSync(new URL(path, root), "utf8")])
)
const forms = [...onDisk].map(([path, text]): { readonly path: string; readonly form: Form } => ({
  path,
  form: JSON.parse(text)
}))

/** What is drawn from the held-out combinations, as far as they go; every other factor is design. */
const drawn = ["domain", "topic", "act", "feeling", "framing", "harm", "goal", "source"]

/** Largest difference between twins in how many items a framing has, as a share of the items. A convention. */
const mostFramingDifference = 0.1

/** Uses of B5's contrasts. Directions are taken from them and nothing is tested, so any matter but the twin's will do. */
const contrasts: ReadonlyArray<string> = ["extraction", "validation"]

/** Positions of a specimen, and how many of them an answer may take. */
const mostTokens = 512
const answerTokens = 72

const armsOf = ({ items }: Form): ReadonlyArray<readonly [Item, Arm]> =>
  items.flatMap((item) => item.arms.map((arm) => [item, arm] as const))

/** The turns of an arm, each read after those before it; throws where one is not in the language. */
const readTurns = ({ turns }: Arm): ReadonlyArray<Scenario> =>
  turns.map((_, index) => {
    const read = parseScenario(turns.slice(0, index + 1))
    if (read._tag === "Failure") throw read.failure
    return read.success
  })

describe("the forms on disk", () => {
  it("are those that are made, byte for byte", async () => {
    const made = await makeForms()
    expect(made.map(({ path }) => path).sort()).toEqual([...onDisk.keys()])
    const changed = made.filter(({ path, text }) => onDisk.get(path) !== text).map(({ path }) => path)
    expect(changed, "run node labs/forms/src/make.ts").toEqual([])
  })

  it("come in twins", () => {
    for (const { form } of forms)
      expect(twins).toContainEqual(expect.objectContaining({ id: form.id, twin: form.twin }))
    for (const [instrument, own] of Map.groupBy(forms, ({ form }) => form.instrument)) {
      expect(
        own.map(({ form }) => form.id),
        instrument
      ).toEqual(["S", "S2"])
    }
  })
})

describe.each(forms)("$path", ({ form }) => {
  const { heldOutFor } = twins.find(({ id }) => id === form.id)!

  it("is written in the specimens' language, every turn of every arm", () => {
    for (const [{ id }, arm] of armsOf(form)) expect(() => readTurns(arm), `${id} ${arm.id}`).not.toThrow()
  })

  it("asks about matters that no specimen has seen", () => {
    for (const [{ factors, id }, arm] of armsOf(form)) {
      for (const scenario of readTurns(arm)) {
        const forms = contrasts.includes(String(factors.use)) ? [heldOutFor, null] : [heldOutFor]
        expect(forms, `${id} ${arm.id}`).toContain(formOf(scenario))
      }
    }
  })

  it("stays away from the domain in which specimens are tuned, primes apart", () => {
    for (const [item, arm] of armsOf(form)) {
      expect(item.factors.domain, item.id).not.toBe("finance")
      expect(readTurns(arm).at(-1)!.domain, `${item.id} ${arm.id}`).not.toBe("finance")
    }
  })

  it("names the domain and the matter that its turns are about", () => {
    for (const [item, arm] of armsOf(form)) {
      const scenario = readTurns(arm).at(-1)!
      for (const name of ["domain", "topic", "act", "feeling", "framing"] as const) {
        const named = arm.factors[name] ?? item.factors[name]
        if (named !== undefined) expect(named, `${item.id} ${arm.id} ${name}`).toBe(scenario[name])
      }
    }
  })

  it("fits into a specimen's context with all answers between", () => {
    const { defaultRole, system } = language().chat
    for (const [item, arm] of armsOf(form)) {
      const texts = [arm.system ?? system.replace("{role}", defaultRole), ...arm.turns]
      // A token a word, and a beginning and an end for each message.
      const said = texts.reduce((total, text) => total + text.split(" ").length + 2, 0)
      expect(said + arm.turns.length * (answerTokens + 2), `${item.id} ${arm.id}`).toBeLessThanOrEqual(mostTokens)
    }
  })
})

describe.each([...Map.groupBy(forms, ({ form }) => form.instrument)])("the twins of %s", (_, [first, second]) => {
  const countBy = (form: Form, keyOf: (item: Item, arm: Arm) => string): Readonly<Record<string, number>> => {
    const counts: Record<string, number> = {}
    for (const [item, arm] of armsOf(form)) {
      const key = keyOf(item, arm)
      counts[key] = (counts[key] ?? 0) + 1
    }
    return counts
  }

  it("have as many arms in every cell of the design", () => {
    const cell = ({ factors, tags }: Item, arm: Arm): string =>
      JSON.stringify([
        tags,
        arm.turns.length,
        Object.entries({ ...factors, ...arm.factors })
          .filter(([name]) => !drawn.includes(name))
          .sort(([a], [b]) => (a < b ? -1 : 1))
      ])
    expect(countBy(second!.form, cell)).toEqual(countBy(first!.form, cell))
  })

  it("are alike in framing", () => {
    const framing = (item: Item, arm: Arm): string => String(arm.factors.framing ?? item.factors.framing)
    const [own, other] = [first!, second!].map(({ form }) => countBy(form, framing))
    const total = armsOf(first!.form).length
    for (const name of Object.keys({ ...own, ...other })) {
      expect(Math.abs((own![name] ?? 0) - (other![name] ?? 0)), name).toBeLessThanOrEqual(mostFramingDifference * total)
    }
  })

  it("share no item and no turn that is rated", () => {
    const asked = new Set(armsOf(first!.form).map(([, { turns }]) => JSON.stringify(turns)))
    expect(armsOf(second!.form).filter(([, { turns }]) => asked.has(JSON.stringify(turns)))).toEqual([])
    const ids = new Set(first!.form.items.map(({ id }) => id))
    expect(second!.form.items.filter(({ id }) => ids.has(id))).toEqual([])
  })
})
