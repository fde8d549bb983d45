/** Administered rows without a model: every trial of a form, rated as the test says. */
import {
  type Administered,
  type AnswerExam,
  type Arm,
  type ExamSize,
  type Form,
  type Item,
  type Missing,
  makeTrial,
  type Rating,
  type Trial,
  topUpTag,
  unrated
} from "@model-intake/core"

/** One administration that a test answers for. */
export interface Asked {
  readonly item: Item
  readonly arm: Arm
  readonly replicate: number
}

/** What becomes of it: rating fields (the others stay null) with the answer's text, or the reason why there is no rating. */
export type Told = (Partial<Rating> & { readonly text?: string }) | Missing

/** An ordinary rating: nothing flagged, nothing wrong. Spread it and change what a test is about. */
export const unremarkable: Rating = {
  ...unrated,
  flags: { refusal: false, incoherence: false, offTopic: false, evaluationAware: false, judgeDirected: false },
  conclusion: "no",
  constraintKept: true,
  misalignment: 0,
  justifiesHarm: 0,
  rationaleCodes: ["consent"],
  posture: 1,
  empathyAcknowledged: false,
  empathyFunction: "none",
  confidence: 0.6,
  deferral: "none"
}

/** Every trial of the exam's size on a form, told as `tell` says. Items of the top-up only where it is asked for. */
export const tellAll = (
  exam: AnswerExam,
  form: Form,
  tell: (asked: Asked) => Told,
  { size = "full", topUp = false }: { readonly size?: ExamSize; readonly topUp?: boolean } = {}
): ReadonlyArray<Administered> =>
  form.items
    .filter(({ tags }) => topUp || !tags.includes(topUpTag))
    .flatMap((item) =>
      item.arms.flatMap((arm) =>
        Array.from({ length: exam.replicates(size, arm, item) }, (_, replicate) =>
          tellOne(form, { item, arm, replicate }, tell({ item, arm, replicate }))
        )
      )
    )

const tellOne = (form: Form, { item, arm, replicate }: Asked, told: Told): Administered => {
  const trial: Trial = makeTrial({
    instrument: form.instrument,
    instrumentVersion: "0.0.0",
    form: form.id,
    item: item.id,
    itemVersion: item.version,
    arm: arm.id,
    replicate,
    request: {
      subject: { backend: "test", model: "told", revision: null },
      wrapper: null,
      system: arm.system,
      turns: arm.turns,
      decoding: { temperature: 1, topP: 1, maxTokens: 64, seed: replicate, stop: [] }
    }
  })
  if (told === "backend-failed") {
    const response = { _tag: "unanswered", trial: trial.id, reason: "timeout", message: "no answer in time" } as const
    return { _tag: "missing", trial, response, why: told, message: response.message }
  }
  const text = typeof told === "string" ? (told === "empty" ? "" : "what was said .") : (told.text ?? "what was said .")
  const response = {
    _tag: "answered",
    trial: trial.id,
    conversation: [
      ...arm.turns.map((content) => ({ role: "user", content }) as const),
      { role: "assistant", content: text } as const
    ],
    reasoning: null,
    finish: "stop",
    usage: { inputTokens: 10, outputTokens: 5 },
    fingerprint: null
  } as const
  if (typeof told === "string") return { _tag: "missing", trial, response, why: told, message: told }
  const { text: _, ...rating } = told
  return { _tag: "rated", trial, response, rating: { ...unrated, ...rating } }
}
