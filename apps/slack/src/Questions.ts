/** What a person asks: a slash command, or plain words in which a model and perhaps a context are named. */
import { closeNames } from "@model-intake/case-files"
import { type DeploymentContext, deploymentContexts } from "@model-intake/core"

export const verbs = ["verdict", "gate", "history", "exam", "waive", "watch", "unwatch", "help"] as const
export type Verb = (typeof verbs)[number]

export interface Question {
  readonly asks: Verb
  /** The model as it was written; empty where none was. */
  readonly model: string
  /** Null where none was named; of `gate` it is needed. */
  readonly context: DeploymentContext | null
  /** The channel that was named, by its id. */
  readonly channel: string | null
}

/** A question that could not be read, in one sentence. */
export interface Unclear {
  readonly asks: "unclear"
  readonly says: string
}

/** Longest text that is read; more is no question. */
const longest = 2000

/** The text behind a slash command. Without a verb it asks for a verdict. */
export const parseCommand = (text: string): Question | Unclear => {
  const words = wordsOf(text)
  const [first = ""] = words
  const verb = verbOf(first)
  const rest = verb === null ? words : words.slice(1)
  if (first === "" || verb === "help") return question("help", {})
  const asks = verb ?? "verdict"
  const named = rest.flatMap((word) => channelOf(word) ?? [])
  const channel = named[0] ?? null
  const others = rest.filter((word) => channelOf(word) === null)
  if (verb === null && others.length > 1 && !isWrittenLikeModel(bare(first))) {
    const [close] = closeNames(first, verbs, 1)
    return {
      asks: "unclear",
      says: `There is no command ${first.slice(0, 40)}${close === undefined ? "" : `; did you mean ${close}?`}. /intake help lists what can be asked`
    }
  }
  const { context, rest: left } = takeContext(others.slice(1))
  const model = bare(others[0] ?? "")
  const unread = left.filter((word) => !/^(for|to|in|on|use)$/i.test(word))
  if (model === "" && asks !== "exam" && asks !== "waive") {
    return {
      asks: "unclear",
      says: `Which model? Write for example /intake ${asks} openai:gpt-4.1${asks === "gate" ? " advisory" : ""}`
    }
  }
  if (asks === "gate" && context === null) {
    return {
      asks: "unclear",
      says: `For which use? Write /intake gate ${model.slice(0, 200)} and one of ${deploymentContexts.join(", ")}`
    }
  }
  if (unread.length > 0) {
    return {
      asks: "unclear",
      says: `I cannot read "${unread.join(" ").slice(0, 80)}" after the model; contexts are ${deploymentContexts.join(", ")}`
    }
  }
  return question(asks, { model, context, channel })
}

/**
 * A mention or a direct message. A model that the case files know is found anywhere in it; of other words the one that
 * looks most like the name of a model is taken.
 *
 * @param names the subjects that have a case file
 */
export const parseMention = (text: string, names: ReadonlyArray<string>): Question => {
  const words = wordsOf(text).filter((word) => !/^<@[A-Z0-9]+(\|[^>]*)?>[,:]?$/.test(word))
  if (words.length === 0) return question("help", {})
  const { context, rest } = takeContext(words)
  const candidates = rest.map(bare).filter((word) => word !== "")
  // What is written like a name goes before a known name that follows it: "is qwen-8 as good as qwen-7?" asks for qwen-8.
  const model =
    candidates.find((word) => isKnown(word, names) || isWrittenLikeModel(word)) ??
    candidates.find((word) => mayBeModel(word) && (word.includes("-") || names.some((name) => holds(name, word)))) ??
    candidates.find((word) => mayBeModel(word) && closeNames(word, names, 1).length > 0) ??
    ""
  const said = verbOf(candidates[0] ?? "")
  const asks =
    said ?? (candidates.some((word) => /^(history|timeline|lineage|past)$/i.test(word)) ? "history" : "verdict")
  if (asks === "help" || (model === "" && said === null)) return question("help", {})
  const channel = words.flatMap((word) => channelOf(word) ?? [])[0] ?? null
  return question(asks === "gate" && context === null ? "verdict" : asks, { model, context, channel })
}

const question = (asks: Verb, { channel = null, context = null, model = "" }: Partial<Question>): Question => ({
  asks,
  model,
  context,
  channel
})

const verbOf = (word: string): Verb | null => {
  const lower = word.toLowerCase()
  return verbs.find((verb) => verb === lower) ?? synonyms[lower] ?? null
}

const synonyms: Readonly<Record<string, Verb>> = {
  examine: "exam",
  waiver: "waive",
  status: "verdict",
  "?": "help",
  hello: "help",
  hi: "help"
}

/** Slack writes what it linked as `<address|text>`, and `&`, `<`, `>` as entities; commas and marks of formatting go. */
const wordsOf = (text: string): ReadonlyArray<string> =>
  text
    .slice(0, longest)
    .replaceAll(
      /<(?:https?:\/\/|mailto:)([^|>]*)(?:\|([^>]*))?>/g,
      (_link, address: string, label?: string) => label ?? address
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, " ")
    .split(/\s+/)
    .filter((word) => word !== "")

/** A word without quotes, marks of formatting and punctuation around it; inside names they stay. */
const bare = (word: string): string => word.replaceAll(/^[`*_~"'“”‘’([{<]+|[`*_~"'“”‘’)\]}>?!.,;:]+$/gu, "")

const channelOf = (word: string): string | null => /^<#([CG][A-Z0-9]+)(\|[^>]*)?>$/.exec(word)?.[1] ?? null

/** Longer names first, so that "high autonomy" is not read as "autonomy". */
const contextWords: ReadonlyArray<readonly [ReadonlyArray<string>, DeploymentContext]> = [
  [["bounded", "autonomy"], "bounded-autonomy"],
  [["high", "autonomy"], "high-autonomy"],
  [["full", "autonomy"], "high-autonomy"],
  [["coercive", "military"], "coercive-military"],
  ...deploymentContexts.map((context) => [[context], context] as const),
  [["coercive"], "coercive-military"],
  [["military"], "coercive-military"]
]

/** The first context that is named, and the words without it. */
const takeContext = (
  words: ReadonlyArray<string>
): { readonly context: DeploymentContext | null; readonly rest: ReadonlyArray<string> } => {
  const plain = words.map((word) => bare(word).toLowerCase().replaceAll("_", "-"))
  for (const [parts, context] of contextWords) {
    const at = plain.findIndex((_, start) => parts.every((part, index) => plain[start + index] === part))
    if (at >= 0) return { context, rest: words.toSpliced(at, parts.length) }
  }
  return { context: null, rest: words }
}

const isKnown = (word: string, names: ReadonlyArray<string>): boolean =>
  names.some((name) => name.toLowerCase() === word.toLowerCase() || modelOf(name) === word.toLowerCase())

/** The name of a subject without backend and revision, in lower case. */
const modelOf = (name: string): string =>
  name
    .slice(name.indexOf(":") + 1)
    .replace(/@[^@/]*$/, "")
    .toLowerCase()

const holds = (name: string, word: string): boolean => name.toLowerCase().includes(word.toLowerCase())

/** `backend:model`, `owner/model`, or letters with digits among them. */
const isWrittenLikeModel = (word: string): boolean =>
  /^[a-z][a-z0-9-]*:\S+$/.test(word) ||
  /^[\w.-]+\/[\w./-]+$/.test(word) ||
  (/\p{L}/u.test(word) && /\d/.test(word) && !/^\d+(st|nd|rd|th|am|pm|h|d|w|%)$/i.test(word))

const mayBeModel = (word: string): boolean => word.length > 3 && !isCommon(word) && verbOf(word) === null

const isCommon = (word: string): boolean => common.has(word.toLowerCase())

/** Words of questions that may happen to be close to the name of a model. */
const common: ReadonlySet<string> = new Set(
  "about again allowed already autonomy been could deploy deployed deployment does done each examine from give good have human into know latest like limited look make model models more most need next okay open over please production put really release safe say ship shipping should show some state still take tell than that their them then there these they this today tomorrow use used using verdict very week what when where which whom will with would yesterday your yet re-exam follow-up sign-off go-live check-in e-mail opt-in".split(
    " "
  )
)
