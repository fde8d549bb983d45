/**
 * Which of the installed instruments take part, each by its key and on its form. Two that would be taken for one another
 * are refused before anything is asked: their answers must never be pooled.
 */

import type {
  AnswerExam,
  CorrectionExam,
  Form,
  FormError,
  Instrument,
  InstrumentKind,
  InstrumentRecord,
  LatentExam
} from "@model-intake/core"
import {
  checkForm,
  compareInstrumentKeys,
  type ExamResult,
  type InstrumentKey,
  instrumentCodes,
  instrumentTitle,
  isInstrumentCode,
  keyOf,
  keyProblem,
  makeReading,
  type Plugin,
  PluginError,
  type Reading,
  standsFor
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import { Plugins } from "../Plugins.ts"

/** An instrument under the key by which everything in the exam goes. */
export interface KeyedInstrument {
  readonly key: InstrumentKey
  readonly kind: InstrumentKind
  readonly instrument: Instrument
}

/** An instrument that puts questions, with the form it puts. */
export interface PlannedInstrument extends KeyedInstrument {
  readonly exam: AnswerExam
  readonly form: Form
}

/** An instrument that looks inside, with its form. */
export interface LatentInstrument extends KeyedInstrument {
  readonly exam: LatentExam
  readonly form: Form
}

/** An instrument that reads earlier corrections. */
export interface CorrectionInstrument extends KeyedInstrument {
  readonly exam: CorrectionExam
}

/** An instrument whose form its plugin could not load: missing evidence, and why. */
export interface UnreadInstrument extends KeyedInstrument {
  readonly why: string
}

/** The chosen instruments, by how they examine. */
export interface Chosen {
  readonly answers: ReadonlyArray<PlannedInstrument>
  readonly latent: ReadonlyArray<LatentInstrument>
  readonly corrections: ReadonlyArray<CorrectionInstrument>
  readonly unread: ReadonlyArray<UnreadInstrument>
}

/** No instruments. */
export const noneChosen: Chosen = { answers: [], latent: [], corrections: [], unread: [] }

/** All of them, in the order in which they are always listed. */
export const allOf = ({ answers, corrections, latent, unread }: Chosen): ReadonlyArray<KeyedInstrument> =>
  [...answers, ...latent, ...corrections, ...unread].sort((a, b) => compareInstrumentKeys(a.key, b.key))

/** Those that fill a row of the tables. What the tables read is made of these alone. */
export const ofTables = <A extends Pick<KeyedInstrument, "key">>(instruments: ReadonlyArray<A>): ReadonlyArray<A> =>
  instruments.filter(({ key }) => isInstrumentCode(key))

/**
 * The installed instruments under their keys. Fails, naming both plugins, where two have one id or claim one code, and on
 * an id that cannot be a key.
 */
export const keyedInstruments = Effect.gen(function* () {
  const plugins = yield* Plugins
  const sources = plugins.all.filter(isInstrumentPlugin)
  const installed = (yield* plugins.instruments).map((instrument, index) => ({ instrument, plugin: sources[index]! }))
  for (const [index, { instrument, plugin }] of installed.entries()) {
    const refuse = (says: string) => new PluginError({ plugin: plugin.id, message: `${nameOf(plugin)} ${says}` })
    const problem = keyProblem(instrument)
    if (problem !== null) return yield* refuse(problem)
    for (const earlier of installed.slice(0, index)) {
      const { code, id } = instrument
      const shared =
        code !== undefined && earlier.instrument.code === code
          ? `claim the code ${code}`
          : earlier.instrument.id === id
            ? `have the id ${JSON.stringify(id)}`
            : null
      if (shared !== null) return yield* refuse(`and ${nameOf(earlier.plugin)} both ${shared}; leave one of them out`)
    }
  }
  return installed.map(
    ({ instrument, plugin }): KeyedInstrument => ({ key: keyOf(instrument), kind: plugin.kind, instrument })
  )
})

const isInstrumentPlugin = (plugin: Plugin): plugin is Extract<Plugin, { readonly kind: InstrumentKind }> =>
  plugin.kind === "marker" || plugin.kind === "battery"

const nameOf = ({ id, kind }: Plugin): string => `${kind} ${JSON.stringify(id)}`

/** What decides which instruments take part, and on which forms. */
export interface Choice {
  /** Id of the form. */
  readonly form: string
  /** Forms from elsewhere. */
  readonly forms: ReadonlyArray<Form>
  /** Keys or ids; undefined for all. */
  readonly instruments: ReadonlyArray<string> | undefined
  /**
   * Form of an instrument that is not in the tables, where the given ones have none for it; null leaves it out. The
   * exam's own, or else its first, by default.
   */
  readonly houseForm?: ((instrument: KeyedInstrument, shipped: ReadonlyArray<string>) => string | null) | undefined
}

const isNamed =
  (name: string) =>
  ({ instrument, key }: KeyedInstrument): boolean =>
    key === name || instrument.id === name

/** Fails with a sentence where nothing would be examined, and on an instrument that nobody has. */
export const chooseInstruments = Effect.fnUntraced(function* <E>(
  choice: Choice,
  fail: (message: string) => E
): Effect.fn.Return<Chosen, E | FormError | PluginError, Plugins> {
  const installed = (yield* keyedInstruments).filter(({ instrument }) => instrument.exam !== null)
  const unknown = choice.instruments?.find((name) => !installed.some(isNamed(name)))
  if (unknown !== undefined) {
    const known = installed.map(({ key }) => key).join(", ") || "none"
    return yield* Effect.fail(fail(`no installed plugin examines ${unknown}; installed: ${known}`))
  }
  const wanted = installed.filter((one) => choice.instruments?.some((name) => isNamed(name)(one)) ?? true)
  if (wanted.length === 0) {
    return yield* Effect.fail(fail("no installed plugin can examine; install a marker or a battery"))
  }
  const answers = []
  const latent = []
  const corrections = []
  const unread = []
  for (const one of wanted) {
    const exam = one.instrument.exam!
    if (exam._tag === "corrections") {
      corrections.push({ ...one, exam })
      continue
    }
    const form = yield* formOf(one, exam, choice)
    if (form === null) continue
    if ("why" in form) unread.push({ ...one, why: form.why })
    else if (exam._tag === "latent") latent.push({ ...one, exam, form })
    else answers.push({ ...one, exam, form })
  }
  return { answers, latent, corrections, unread }
})

/** The form that an instrument is examined on, null where it is left out, or why its plugin could not load one. */
const formOf = Effect.fnUntraced(function* (
  one: KeyedInstrument,
  exam: AnswerExam | LatentExam,
  { form: id, forms, houseForm = usualForm(id) }: Choice
): Effect.fn.Return<Form | Pick<UnreadInstrument, "why"> | null, FormError> {
  const own = forms.filter(({ instrument }) => instrument === one.key || instrument === one.instrument.code)
  const given = forms.some((form) => form.id === id)
  const sameId = own.find((form) => form.id === id)
  if (sameId !== undefined) return yield* checkForm(sameId)
  // A form from elsewhere examines what it has items for; the other instruments are missing evidence.
  if (isInstrumentCode(one.key)) return given ? null : yield* exam.load(id)
  const wanted = houseForm(one, [...own.map((form) => form.id), ...(given ? [] : exam.forms)])
  if (wanted === null) return null
  const other = own.find((form) => form.id === wanted)
  if (other !== undefined) return yield* checkForm(other)
  return yield* Effect.catch(exam.load(wanted), ({ message }) => Effect.succeed({ why: `${message}.` }))
})

const usualForm =
  (id: string) =>
  (_: KeyedInstrument, available: ReadonlyArray<string>): string | null =>
    available.includes(id) ? id : (available[0] ?? null)

/** What the verdict says of its instruments: what each stands for, and which rows of the tables nothing filled. */
export const recordInstruments = Effect.fnUntraced(function* (
  chosen: Chosen,
  { instruments }: Pick<Choice, "instruments">
): Effect.fn.Return<InstrumentRecord, PluginError, Plugins> {
  const installed = (yield* keyedInstruments).filter(({ instrument }) => instrument.exam !== null)
  const taken = allOf(chosen)
  return {
    administered: taken.map(({ instrument, key }) => ({
      instrument: key,
      id: instrument.id,
      version: instrument.version,
      digest: instrument.digest ?? null,
      standsFor: standsFor(instrument),
      ...(isInstrumentCode(key) || instrument.code === undefined ? {} : { claims: instrument.code })
    })),
    absent: instrumentCodes
      .filter((code) => !taken.some(({ key }) => key === code))
      .map((code) => {
        const claimant = installed.find(({ instrument }) => instrument.code === code)
        if (claimant === undefined) return { code, why: "not-installed" } as const
        if (claimant.key !== code) return { code, why: "replaced", by: claimant.key } as const
        return {
          code,
          why: instruments?.some((name) => isNamed(name)(claimant)) === false ? "not-chosen" : "no-form"
        } as const
      })
  }
})

/** A result under its instrument's key. One that is not in the tables has its own name, and cannot say what only they may. */
export const underKey = <R extends ExamResult>({ instrument, key, kind }: KeyedInstrument, result: R): R => {
  const { reading } = result
  if (isInstrumentCode(key)) {
    return { ...result, reading: { ...reading, instrument: key, instrumentVersion: instrument.version } }
  }
  return { ...result, reading: besideTables(reading, { instrument, key, kind }), toConfirm: [] }
}

const besideTables = (reading: Reading, { instrument, key, kind }: KeyedInstrument): Reading => {
  const { findings, outcome } = reading
  const notes = [
    findings.length === 0 ? "" : `Its findings (${findings.join(", ")}) belong to the tables and do not count.`,
    outcome === "not-indicated" ? "Only the built-in instrument can be not indicated: it counts as not evaluable." : ""
  ]
  return makeReading({
    ...reading,
    instrument: key,
    kind,
    name: instrument.title.trim() === "" ? instrumentTitle(key) : instrument.title,
    instrumentVersion: instrument.version,
    outcome: outcome === "not-indicated" ? "not-evaluable" : outcome,
    findings: [],
    sentence: [reading.sentence, ...notes].filter((part) => part !== "").join(" ")
  })
}
