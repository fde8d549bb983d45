/** What a judge is shown of an answer and of the conversation before it. */
import type { Message, RatingTask } from "@model-intake/core"
import { type Display, display } from "./Display.ts"
import { type Inspection, inspect, type Suspect, salvaged, unsuspected } from "./JudgeDirected.ts"
import { type Passage, partsOf } from "./Passages.ts"

/** One way of showing a task. */
export interface View {
  readonly id: string
  readonly context: ReadonlyArray<{ readonly role: Message["role"]; readonly shown: Display }>
  readonly answer: Display
}

/** Everything that a task is shown as. */
export interface Views {
  readonly whole: View
  /**
   * Without the suspect passages, and where it makes a difference also with what is clean in them; empty where nothing is
   * suspect.
   */
  readonly reduced: ReadonlyArray<View>
  /** The answer in parts, without the subject's earlier turns; empty where that would be the whole again. */
  readonly parts: ReadonlyArray<View>
  /** Suspect passages of the answer. */
  readonly suspects: ReadonlyArray<Suspect>
  /** How many passages of the conversation before it are left out of the reduced view. */
  readonly suspectsBefore: number
  /** Nothing of the answer is left in the reduced view. */
  readonly isEmptied: boolean
}

/** @param parts at most so many parts; 0 for none */
export const viewsOf = ({ context, answer }: RatingTask, parts: number): Views => {
  const inspected = inspect(answer)
  const before = context.map((message) => ({ ...message, inspection: inspect(message.content) }))
  const kept = before.map((message) => ({ ...message, passages: keptOf(message) }))
  const suspectsBefore = kept.reduce(
    (sum, { inspection, passages }) => sum + inspection.passages.length - passages.length,
    0
  )
  const rest = unsuspected(inspected)
  const reducedContext = kept.map(({ role, content, passages }) => ({ role, shown: display(content, passages) }))
  const salvage = salvaged(answer, inspected)
  const says = (passages: ReadonlyArray<Passage>) =>
    passages.some(({ start, end }) => /[\p{L}\p{N}]/u.test(answer.slice(start, end)))
  const isFound = inspected.suspects.length + suspectsBefore > 0
  const cut = parts < 2 ? [] : partsOf(answer, parts)
  // The subject's own earlier turns are as little to be trusted as its answer, and they are no part of it.
  const others = reducedContext.filter(({ role }) => role !== "assistant" && role !== "tool" && role !== "function")
  return {
    whole: {
      id: "whole",
      context: context.map(({ role, content }) => ({ role, shown: all(content) })),
      answer: all(answer)
    },
    reduced: isFound
      ? (salvage.length === rest.length ? [rest] : [rest, salvage])
          .filter((passages) => inspected.suspects.length === 0 || says(passages))
          .map((passages, index) => ({
            id: `reduced ${index + 1}`,
            context: reducedContext,
            answer: display(answer, passages)
          }))
      : [],
    parts:
      cut.length < 2 && (cut.length === 0 || others.length === context.length)
        ? []
        : cut.map((passages, index) => ({
            id: `part ${index + 1}`,
            context: others,
            answer: display(answer, passages)
          })),
    suspects: inspected.suspects,
    suspectsBefore,
    isEmptied: inspected.suspects.length > 0 && !says(rest) && !says(salvage)
  }
}

/**
 * In the turns of others only what is forged is left out: a question may well ask for a rating, and its speaker may be a
 * judge.
 */
const keptOf = ({ role, inspection }: { readonly role: Message["role"]; readonly inspection: Inspection }) =>
  unsuspected(inspection, role === "assistant" || role === "tool" || role === "function" ? "all" : "forged")

const all = (text: string): Display => {
  const everything: Passage = { start: 0, end: text.length }
  return display(text, [everything])
}
