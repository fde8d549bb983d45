/**
 * B5 in English: questions under contrast pairs of system prompts, from which a direction per trait is taken and on which
 * it is validated, and probes of eight unrelated domains on which later models are measured.
 *
 * `cores/<form>/latent-persona.json` is an array of two kinds of sections:
 * - `{ trait, pairs, questions }`, one per trait. `pairs`: five `{ plus, minus }` system prompts, a skeleton of their own each,
 *   of one length. `questions`: ten everyday domains with six user questions each; the first four serve extraction, the other
 *   two validation. Every question is put under every system prompt.
 * - `{ probes, voiced, plain, twin }`, one per domain, which no contrast question is about. 24 messages without a system
 *   prompt: in `voiced` the writer says or shows a feeling, in `plain` there is only a matter. `twin` is the message number
 *   `of` (1 to 24, voiced first) as it would stand in a pasted thread, a chat line or a forwarded note.
 *
 * Every probe serves every trait: tone can show where a feeling is voiced, and the others wherever something is decided.
 */
import type { Arm, Item } from "@model-intake/core"
import type { MadeForm } from "../draw.ts"

export const instrument = "B5"

const traits = ["tone", "assertiveness", "instrumental"] as const
const poles = ["plus", "minus"] as const
const sizes = { pairs: 5, domains: 10, extraction: 4, validation: 2, probeDomains: 8, kind: 12 } as const
/** Largest relative difference in length between two system prompts of one trait. */
const mostLengthDifference = 0.1

interface Contrasts {
  readonly trait: string
  readonly pairs: ReadonlyArray<Readonly<Record<(typeof poles)[number], string>>>
  readonly questions: Readonly<Record<string, ReadonlyArray<string>>>
}

interface Probes {
  readonly probes: string
  readonly voiced: ReadonlyArray<string>
  readonly plain: ReadonlyArray<string>
  readonly twin: { readonly of: number; readonly text: string }
}

export const make = (form: "A" | "B", cores: unknown): MadeForm => {
  const { contrasts, probes } = sectionsOf(cores, `cores/${form}/latent-persona.json`)
  return {
    items: [
      ...contrasts.flatMap((section) => contrastItems(form, section)),
      ...probes.flatMap((section) => probeItems(form, section))
    ]
  }
}

const contrastItems = (form: string, { pairs, questions, trait }: Contrasts): ReadonlyArray<Item> =>
  (["extraction", "validation"] as const).flatMap((use) => {
    const asked = Object.entries(questions).flatMap(([domain, texts]) =>
      (use === "extraction" ? texts.slice(0, sizes.extraction) : texts.slice(sizes.extraction)).map((text) => ({
        domain,
        text
      }))
    )
    return asked.map(
      ({ domain, text }, index): Item => ({
        id: `${form}-B5-${use === "extraction" ? "x" : "v"}-${trait}-${two(index + 1)}`,
        version: 1,
        factors: { use, trait, domain },
        tags: [],
        arms: pairs.flatMap((pair, place) =>
          poles.map(
            (pole): Arm => ({
              id: `${place + 1}${pole === "plus" ? "+" : "-"}`,
              factors: { pair: place + 1, pole },
              system: pair[pole],
              turns: [text]
            })
          )
        )
      })
    )
  })

const probeItems = (form: string, { plain, probes: domain, twin, voiced }: Probes): ReadonlyArray<Item> => {
  const item = (id: string, feeling: string, text: string, twinOf?: string): Item => ({
    id,
    version: 1,
    factors: {
      use: "probe",
      trait: traits.join(","),
      domain,
      feeling,
      ...(twinOf === undefined ? {} : { twinOf })
    },
    tags: twinOf === undefined ? [] : ["naturalistic"],
    arms: [{ id: "plain", factors: {}, system: null, turns: [text] }]
  })
  const idOf = (number: number) => `${form}-B5-p-${domain}-${two(number)}`
  const feelingOf = (number: number) => (number <= voiced.length ? "voiced" : "none")
  return [
    ...[...voiced, ...plain].map((text, index) => item(idOf(index + 1), feelingOf(index + 1), text)),
    item(`${idOf(twin.of)}n`, feelingOf(twin.of), twin.text, idOf(twin.of))
  ]
}

/** The sections of a core, or an error that says what is wrong with them. */
const sectionsOf = (
  cores: unknown,
  file: string
): { readonly contrasts: ReadonlyArray<Contrasts>; readonly probes: ReadonlyArray<Probes> } => {
  const must = (holds: boolean, says: string): void => {
    if (!holds) throw new Error(`${file}: ${says}`)
  }
  const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== ""
  const texts = (value: unknown, count: number, where: string): void =>
    must(Array.isArray(value) && value.length === count && value.every(isText), `${where} is not ${count} texts`)
  const fields = (value: unknown): Record<string, unknown> =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}

  must(Array.isArray(cores), "it is no array of sections")
  const sections = (cores as ReadonlyArray<unknown>).map(fields)
  const contrasts = sections.filter(({ trait }) => trait !== undefined)
  const probes = sections.filter(({ probes: domain }) => domain !== undefined)
  must(contrasts.length + probes.length === sections.length, "a section has neither a trait nor probes")
  must(
    JSON.stringify(contrasts.map(({ trait }) => trait)) === JSON.stringify(traits),
    `its traits are not ${traits.join(", ")}`
  )
  for (const { pairs, questions, trait } of contrasts) {
    must(Array.isArray(pairs) && pairs.length === sizes.pairs, `${trait} has not ${sizes.pairs} pairs`)
    const systems = (pairs as ReadonlyArray<unknown>).flatMap((pair) => poles.map((pole) => fields(pair)[pole]))
    must(systems.every(isText), `a pair of ${trait} lacks a pole`)
    const lengths = (systems as ReadonlyArray<string>).map((system) => system.split(/\s+/).length)
    must(
      Math.min(...lengths) >= (1 - mostLengthDifference) * Math.max(...lengths),
      `the system prompts of ${trait} differ in length: ${lengths.join(", ")} words`
    )
    const domains = Object.entries(fields(questions))
    must(domains.length === sizes.domains, `${trait} has not ${sizes.domains} domains`)
    for (const [domain, asked] of domains) texts(asked, sizes.extraction + sizes.validation, `${domain} of ${trait}`)
  }
  must(
    new Set(probes.map(({ probes: domain }) => domain)).size === sizes.probeDomains,
    "it has not eight probe domains"
  )
  for (const { plain, probes: domain, twin, voiced } of probes) {
    must(isText(domain), "a probe domain has no name")
    texts(voiced, sizes.kind, `voiced of ${domain}`)
    texts(plain, sizes.kind, `plain of ${domain}`)
    const { of, text } = fields(twin)
    must(
      isText(text) && Number.isInteger(of) && Number(of) >= 1 && Number(of) <= 2 * sizes.kind,
      `the twin of ${domain} is none`
    )
  }
  const asked = new Set(contrasts.flatMap(({ questions }) => Object.keys(fields(questions))))
  const shared = probes.find(({ probes: domain }) => asked.has(String(domain)))
  must(shared === undefined, `${shared?.probes} is a domain of questions and of probes`)
  return { contrasts, probes } as unknown as ReturnType<typeof sectionsOf>
}

const two = (index: number): string => String(index).padStart(2, "0")
