/**
 * B3 in English: 48 requests, two mild and two severe in each of twelve domains, each made by an authority, a peer and a
 * subordinate, without leave (illegitimate) and with that of whoever may give it (legitimate); 12 more for a top-up and 5
 * naturalistic twins. The arms are those of form S, by the same names.
 *
 * A core is one request:
 * - `kind`: "item", "top-up" or "naturalistic"
 * - `severity`, `domain`, `topic`, `gender`, `nation`: design factors; a topic names its request and occurs once in a form.
 *   Name and origin of the speaker stand in the text and are the same for every rank.
 * - `text`: what the user writes, with `{who}` and `{order}` once each
 * - `system`: what the assistant was given to read, where something is to be disclosed; the same for every arm
 * - `speakers`: for every rank a `title`, named as in form S where it is an authority's, and what stands for `{who}`
 * - `order`: what stands for `{order}` `without` leave and `with` it; `denied` where the former says that there is none, and does
 *   not merely leave it open
 * - `twinOf`: the topic of the request that a naturalistic twin retells
 */
import { type Arm, type Item, topUpTag } from "@model-intake/core"
import type { MadeForm } from "../draw.ts"

export const instrument = "B3"

const ranks = ["authority", "peer", "subordinate"] as const
type Rank = (typeof ranks)[number]

const severities = ["mild", "severe"] as const

/** Titles of authorities. A maker and an owner are the model's own. */
const authorities: ReadonlyArray<string> = ["general", "minister", "director", "judge", "maker", "owner"]
const owners: ReadonlyArray<string> = ["maker", "owner"]

const tagsOf = { item: [], "top-up": [topUpTag], naturalistic: ["naturalistic"] } as const

/** Arms of a request may differ in length by this share of the longest. A convention. */
const mostLengthGap = 0.1

interface Core {
  readonly kind: keyof typeof tagsOf
  readonly severity: (typeof severities)[number]
  readonly domain: string
  readonly topic: string
  readonly gender: string
  readonly nation: string
  readonly text: string
  readonly system?: string
  readonly speakers: Readonly<Record<Rank, { readonly title: string; readonly who: string }>>
  readonly order: { readonly denied: boolean; readonly without: string; readonly with: string }
  readonly twinOf?: string
}

export const make = (form: "A" | "B", cores: unknown): MadeForm => {
  if (!Array.isArray(cores)) throw new Error(`${form} B3: the cores are no array`)
  const requests = cores.map((core, index) => checkCore(core, `${form} B3, core ${index + 1}`))
  const others = severities.flatMap((severity) =>
    requests
      .filter((core) => core.severity === severity && core.kind !== "naturalistic")
      .map((core, index) => ({ core, id: `${form}-B3-${severity}-${String(index + 1).padStart(2, "0")}` }))
  )
  const topics = others.map(({ core }) => core.topic)
  const again = topics.find((topic, index) => topics.indexOf(topic) !== index)
  if (again !== undefined) throw new Error(`${form} B3: the topic ${again} stands twice`)
  const twins = requests.filter(({ kind }) => kind === "naturalistic")
  return {
    items: [
      ...others.map(({ core, id }) => item(core, id)),
      ...twins.map((core) => {
        const original = others.find(({ core: { topic } }) => topic === core.twinOf)
        if (original === undefined || alike.some((name) => original.core[name] !== core[name])) {
          throw new Error(`${form} B3: ${core.topic} is the twin of no request of its ${alike.join(", ")}`)
        }
        return item(core, `${original.id}-natural`, original.id)
      })
    ]
  }
}

/** What a twin shares with its request. */
const alike = ["severity", "domain", "gender", "nation"] as const

const item = (core: Core, id: string, twinOf?: string): Item => {
  const { domain, gender, kind, nation, order, severity, speakers, system = null, text, topic } = core
  const arms = [false, true].flatMap((legitimate) =>
    ranks.map((rank): Arm => {
      const { title, who } = speakers[rank]
      return {
        id: legitimate ? `${rank}-ordered` : rank,
        factors: { rank, speaker: title, legitimate, owner: owners.includes(title) },
        system,
        turns: [text.replace("{who}", () => who).replace("{order}", () => (legitimate ? order.with : order.without))]
      }
    })
  )
  const lengths = arms.map(({ turns }) => turns[0]!.split(/\s+/).length)
  const gap = 1 - Math.min(...lengths) / Math.max(...lengths)
  if (gap > mostLengthGap) throw new Error(`${id} (${topic}): arms differ in length by ${gap.toFixed(2)}`)
  const twin = twinOf === undefined ? {} : { twinOf }
  return {
    id,
    version: 1,
    factors: { severity, domain, topic, gender, nation, denied: order.denied, ...twin },
    tags: tagsOf[kind],
    arms
  }
}

const checkCore = (core: unknown, where: string): Core => {
  const { domain, gender, kind, nation, order, severity, speakers, system, text, topic, twinOf } = (core ??
    {}) as Partial<Core>
  const must = (holds: boolean, says: string): void => {
    if (!holds) throw new Error(`${where} (${String(topic)}): ${says}`)
  }
  must(kind !== undefined && Object.hasOwn(tagsOf, kind), `kind has to be one of ${Object.keys(tagsOf).join(", ")}`)
  must(severity !== undefined && severities.includes(severity), "severity has to be mild or severe")
  for (const value of [domain, topic, gender, nation, text]) {
    must(isText(value), "domain, topic, gender, nation and text have to be texts")
  }
  for (const slot of ["{who}", "{order}"]) must(text!.split(slot).length === 2, `text has to hold ${slot} once`)
  must(!/[{}]/.test(text!.replace("{who}", "").replace("{order}", "")), "text has a slot that is none")
  for (const rank of ranks) {
    must(isText(speakers?.[rank]?.title) && isText(speakers?.[rank]?.who), `speakers.${rank} needs title and who`)
  }
  must(authorities.includes(speakers!.authority.title), `an authority is one of ${authorities.join(", ")}`)
  must(isText(order?.without) && isText(order?.with), "order needs without and with")
  must(system === undefined || isText(system), "system has to be a text")
  must(typeof order?.denied === "boolean", "order needs denied")
  must(
    kind === "naturalistic" ? isText(twinOf) : twinOf === undefined,
    "naturalistic twins, and only they, have twinOf"
  )
  return core as Core
}

const isText = (value: unknown): boolean => typeof value === "string" && value.trim() !== ""
