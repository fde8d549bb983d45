/**
 * Scenarios: what a user's turn says, as data. {@link renderScenario} writes a scenario in the specimens' language and
 * {@link parseScenario} reads it back; each is the other's inverse.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { once } from "./internal/Once.ts"
import {
  type PlacedSentence,
  readPlace,
  readSentences,
  sentenceTable,
  slotOf,
  standInOrder
} from "./internal/Sentences.ts"
import { type Fact, factsOf, factsText, wordsOf } from "./internal/Words.ts"
import {
  type FollowUpKind,
  followUpKinds,
  type Harm,
  type Kind,
  language,
  type OpeningKind,
  type PromptForm,
  type Rank,
  type Sign
} from "./Language.ts"

export type { Fact }

/** One user's turn. `null` means that the turn does not say it. */
export interface Scenario {
  readonly kind: Kind
  readonly framing: string
  readonly domain: string
  /** One of the domain's topics. */
  readonly topic: string
  /** What is to be done; null only for turns of distress and what follows them. */
  readonly act: string | null
  readonly speaker: string | null
  readonly origin: { readonly gender: string; readonly nation: string } | null
  readonly feeling: string | null
  /** What the operator wants the speaker to do. */
  readonly goal: string | null
  /** Up to three different facts of one sign; an empty list says that nothing is known. */
  readonly facts: ReadonlyArray<Fact> | null
  /** What the law says of the matter, once for all. */
  readonly settled: string | null
  /** The file is lost. */
  readonly lost: boolean
  /** Which sentence of pressure is said, from 0. */
  readonly stress: number | null
  readonly order: "signed" | "none" | null
  /** Step of value inversion, 0 (protection) to 8 (dominance). */
  readonly rung: number | null
  /** Which wording of the rung, from 0. */
  readonly rungWording: number
  readonly prefix: string | null
  /** Which wording of the question, from 0. */
  readonly wording: number
}

/** What every first turn has to say. */
export interface Matter {
  readonly kind: OpeningKind
  readonly framing: string
  readonly domain: string
  readonly topic: string
}

/** Turns that are not in the specimens' language. */
export class ScenarioError extends Schema.TaggedError<ScenarioError>()("ScenarioError", {
  message: Schema.String
}) {}

/** A first turn that says no more than it must, and what is given. */
export const makeScenario = (parts: Matter & Partial<Scenario>): Scenario => ({
  act: null,
  speaker: null,
  origin: null,
  feeling: null,
  goal: null,
  facts: null,
  settled: null,
  lost: false,
  stress: null,
  order: null,
  rung: null,
  rungWording: 0,
  prefix: null,
  wording: 0,
  ...parts
})

/** A further turn about the same matter. Those of kind `correct` bring new `facts`, the others keep what was known. */
export const followUp = (
  first: Scenario,
  kind: FollowUpKind,
  { wording = 0, facts = first.facts }: { readonly wording?: number; readonly facts?: Scenario["facts"] } = {}
): Scenario => ({
  ...first,
  kind,
  wording,
  prefix: null,
  stress: null,
  lost: false,
  ...(kind === "correct" ? { facts, settled: null } : {})
})

export const harmOf = ({ act }: Scenario): Harm => (act === null ? "none" : language().lexicon.act[act]!.harm)

export const rankOf = ({ speaker }: Scenario): Rank | null =>
  speaker === null ? null : language().lexicon.speaker[speaker]!.rank

/** A harmful act is legitimate only where a request carries a signed order. */
export const isLegitimate = (scenario: Scenario): boolean =>
  harmOf(scenario) === "none" || (scenario.kind === "request" && scenario.order === "signed")

/** Amount of information: 0 to 3 facts, 4 where the law settles it. */
export const doseOf = ({ facts, settled }: Scenario): number => (settled === null ? (facts?.length ?? 0) : 4)

/** Which way the evidence points, or null. */
export const signOf = ({ facts, settled }: Scenario): Sign | null =>
  settled === null ? (facts?.[0]?.sign ?? null) : language().lexicon.settled[settled]!.sign

/** Probability in [0, 1] that the act is right, given what the turn tells. */
export const posteriorOf = (scenario: Scenario): number => {
  const [more, less] = language().evidence.likelihoodRatio
  const dose = doseOf(scenario)
  const ofSign = scenario.settled === null ? more ** dose / (more ** dose + less ** dose) : settledPosterior
  return signOf(scenario) === "against" ? 1 - ofSign : ofSign
}

/**
 * The turn as text. Throws an `Error` that names the word where a scenario cannot be said: a follow-up turn says its
 * question alone.
 */
export const renderScenario = (scenario: Scenario): string => {
  const question = say(scenario.kind, scenario.wording, { act: scenario.act, facts: factsText(scenario.facts ?? []) })
  if (isFollowUp(scenario.kind)) return question
  if (scenario.kind === "distress" && scenario.act !== null) throw new Error("a turn of distress names no act")
  if (!isTopicOf(scenario)) throw new Error(`${scenario.topic} is not a topic of ${scenario.domain}`)
  const sentences: Readonly<Record<string, string | null>> = {
    ...openingSentences(scenario),
    [scenario.kind]: question
  }
  return language()
    .prompt.order.flatMap((place) => readPlace(place).names)
    .flatMap((id) => sentences[id] ?? [])
    .join(" ")
}

/**
 * Reads the last of the user's turns. A follow-up turn takes the matter from the turns before it; what was said before
 * the first turn of the matter makes no difference.
 *
 * @param turns the user's turns from the first to the one to be read, verbatim
 */
export const parseScenario = (turns: ReadonlyArray<string>): Result.Result<Scenario, ScenarioError> =>
  Result.gen(function* () {
    const followUps: Array<Turn> = []
    for (const text of turns.toReversed()) {
      const turn = yield* readTurn(text)
      if (!isFollowUp(turn.kind)) return yield* followTurns(yield* openingOf(turn, text), followUps)
      followUps.unshift(turn)
    }
    return yield* refuse(
      turns.length === 0 ? "there is no turn of a user" : "a follow-up turn has no first turn that it could follow"
    )
  })

/** METHODS' posterior of a matter that the law settles. */
const settledPosterior = 0.99

interface Turn {
  readonly kind: Kind
  readonly sentences: ReadonlyMap<string, PlacedSentence<PromptForm>>
}

const isFollowUp = (kind: Kind): kind is FollowUpKind => (followUpKinds as ReadonlyArray<Kind>).includes(kind)

const isTopicOf = ({ domain, topic }: Pick<Scenario, "domain" | "topic">): boolean =>
  language().lexicon.domain[domain]?.topics.includes(topic) ?? false

const formsOf = (id: string): ReadonlyArray<PromptForm> => language().prompt.sentences.filter((form) => form.id === id)

/** The sentence of that id and wording with its slots filled. */
const say = (id: string, wording: number, slots: Readonly<Record<string, string | null>>): string => {
  const form = formsOf(id)[wording]
  if (form === undefined) throw new Error(`${id} has no wording ${wording}`)
  return form.pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const word = slots[name] ?? null
    if (word === null || !wordsOf(name).includes(word)) throw new Error(`${JSON.stringify(word)} is no {${name}}`)
    return word
  })
}

/** The sentences of a first turn by their id, the question apart. */
const openingSentences = (scenario: Scenario): Readonly<Record<string, string | null>> => {
  const { prefix, framing, speaker, origin, domain, topic, feeling, goal, facts, settled, stress, order } = scenario
  const optional = (id: string, value: string | null) => (value === null ? null : say(id, 0, { [id]: value }))
  return {
    prefix: optional("prefix", prefix),
    framing: optional("framing", framing),
    speaker: optional("speaker", speaker),
    origin: origin === null ? null : say("origin", 0, origin),
    matter: say("matter", 0, { domain, topic }),
    feeling: optional("feeling", feeling),
    goal: optional("goal", goal),
    value: scenario.rung === null ? null : say("value", 0, { rung: rungText(scenario.rung, scenario.rungWording) }),
    facts:
      facts === null
        ? null
        : say(
            "facts",
            wordingOf("facts", ({ pattern }) => pattern.includes("{facts}") === facts.length > 0),
            { facts: factsText(facts) }
          ),
    settled: optional("settled", settled),
    lost: scenario.lost ? say("lost", 0, {}) : null,
    stress: stress === null ? null : say("stress", stress, {}),
    order:
      order === null
        ? null
        : say(
            "order",
            wordingOf("order", ({ sets }) => sets?.order === order),
            {}
          )
  }
}

const wordingOf = (id: string, test: (form: PromptForm) => boolean): number => formsOf(id).findIndex(test)

const rungText = (rung: number, wording: number): string | null => language().lexicon.rung[rung]?.[wording] ?? null

const promptTable = once(() => sentenceTable(language().prompt.sentences, wordsOf))
const promptOrder = once(() => language().prompt.order.map(readPlace))

const refuse = (message: string) => Result.fail(new ScenarioError({ message }))

const glimpse = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)} ...` : text)

/** Cuts one turn into its sentences and checks that they can stand together. */
const readTurn = (text: string): Result.Result<Turn, ScenarioError> => {
  const read = readSentences(text, promptTable())
  if (Result.isFailure(read)) return refuse(`the specimens' language has no sentence ${glimpse(read.failure)}`)
  const found = read.success
  const ids = found.map(({ form }) => form.id)
  const isPlain = found.map(({ start, end }) => text.slice(start, end)).join(" ") === text
  if (!isPlain || !standInOrder(ids, promptOrder()))
    return refuse(`the sentences of ${glimpse(text)} do not make a turn`)
  return Result.succeed({ kind: ids.at(-1) as Kind, sentences: new Map(found.map((one) => [one.form.id, one])) })
}

/** The scenario of a first turn. */
const openingOf = ({ kind, sentences }: Turn, text: string): Result.Result<Scenario, ScenarioError> => {
  const value = (id: string, slot = id): string | null => {
    const sentence = sentences.get(id)
    return sentence === undefined ? null : slotOf(sentence, slot)
  }
  const framing = value("framing")
  const domain = value("matter", "domain")
  const topic = value("matter", "topic")
  if (framing === null || domain === null || topic === null)
    return refuse(`${glimpse(text)} names no framing or no matter`)
  if (!isTopicOf({ domain, topic })) return refuse(`${topic} is not a topic of ${domain}`)
  const gender = value("origin", "gender")
  const rung = placeOfRung(value("value", "rung"))
  return Result.succeed({
    kind,
    framing,
    domain,
    topic,
    act: value(kind, "act"),
    speaker: value("speaker"),
    origin: gender === null ? null : { gender, nation: value("origin", "nation")! },
    feeling: value("feeling"),
    goal: value("goal"),
    facts: factsIn(sentences.get("facts")),
    settled: value("settled"),
    lost: sentences.has("lost"),
    stress: wordingIn(sentences.get("stress")),
    order: sentences.get("order")?.form.sets?.order ?? null,
    rung: rung?.rung ?? null,
    rungWording: rung?.wording ?? 0,
    prefix: value("prefix"),
    wording: wordingIn(sentences.get(kind))!
  })
}

/** Applies follow-up turns to the scenario of their first turn, in the order in which they were said. */
const followTurns = (first: Scenario, turns: ReadonlyArray<Turn>): Result.Result<Scenario, ScenarioError> => {
  let scenario = first
  for (const { kind, sentences } of turns) {
    const sentence = sentences.get(kind)!
    if (sentences.size > 1) return refuse(`a turn of kind ${kind} says its question alone`)
    if (kind !== "why" && first.act === null)
      return refuse(`a turn of kind ${kind} cannot follow one of kind ${first.kind}`)
    const act = slotOf(sentence, "act")
    if (act !== null && act !== first.act) return refuse(`a turn about ${act} cannot follow one about ${first.act}`)
    const facts = factsIn(sentence)
    scenario = followUp(scenario, kind as FollowUpKind, { wording: wordingIn(sentence)!, facts })
  }
  return Result.succeed(scenario)
}

const wordingIn = (sentence: PlacedSentence<PromptForm> | undefined): number | null =>
  sentence === undefined ? null : wordingOf(sentence.form.id, (form) => form === sentence.form)

const factsIn = (sentence: PlacedSentence<PromptForm> | undefined): ReadonlyArray<Fact> | null => {
  if (sentence === undefined) return null
  const text = slotOf(sentence, "facts")
  return text === null ? [] : factsOf(text)
}

const placeOfRung = (text: string | null): { readonly rung: number; readonly wording: number } | null => {
  if (text === null) return null
  const rung = language().lexicon.rung.findIndex((wordings) => wordings.includes(text))
  return { rung, wording: language().lexicon.rung[rung]!.indexOf(text) }
}
