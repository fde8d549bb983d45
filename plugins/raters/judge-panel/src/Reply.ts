/** A judge's reply: text that somebody may have talked the judge into, taken only where it keeps exactly to the schema. */
import { type EvidenceSpan, type RatingField, rationaleCodes } from "@model-intake/core"
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import * as Result from "effect/Result"
import { type Display, locate } from "./Display.ts"
import { type GroupId, groupFields, type Values } from "./Fields.ts"
import type { Tokens } from "./Prompt.ts"
import { questions } from "./Rubric.ts"

/** A reply that was taken. */
export interface Rated {
  readonly values: Values
  readonly evidence: ReadonlyArray<EvidenceSpan>
}

/** JSON Schema of a reply; with `bounds` also what some providers do not take: ranges, lengths, uniqueness. */
export const replySchema = (groups: ReadonlyArray<GroupId>, bounds: boolean): Readonly<Record<string, unknown>> => {
  const fields = groups.flatMap((group) => groupFields[group])
  const codes = [...fields, ...(groups.includes("rationale") ? rationaleCodes : [])]
  const value = (field: RatingField) => {
    if (bounds) return questions[field].schema
    const { minimum: _, maximum: __, uniqueItems: ___, maxItems: ____, ...plain } = questions[field].schema
    return plain
  }
  const closed = (properties: Readonly<Record<string, unknown>>) => ({
    type: "object",
    additionalProperties: false,
    required: Object.keys(properties),
    properties
  })
  return closed({
    check: { type: "string" },
    values: closed(Object.fromEntries(fields.map((field) => [field, value(field)]))),
    quotes: {
      type: "array",
      ...(bounds ? { maxItems: 40 } : {}),
      items: closed({
        field: { type: "string", enum: codes },
        text: { type: "string", ...(bounds ? { minLength: 1, maxLength: 2000 } : {}) }
      })
    }
  })
}

/** The JSON document that a reply consists of, in one code fence or none; a failure says what is wrong with it. */
export const parseReply = (text: string): Result.Result<unknown, string> => {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/i.exec(text)
  const source = fenced?.[1] ?? text
  return Result.try({ try: () => JSON.parse(source) as unknown, catch: () => "its reply is not one JSON document" })
}

/**
 * Whether a repaired reply may stand for a malformed one: wherever the malformed one holds a JSON object after all, it has
 * to be the same. Asking again must not give another rating.
 */
export const isSameRating = (malformed: string, repaired: unknown): boolean => {
  const inner = /\{[\s\S]*\}/.exec(malformed)?.[0]
  if (inner === undefined) return true
  const found = Result.try(() => JSON.parse(inner) as unknown)
  return Result.isFailure(found) || JSON.stringify(found.success) === JSON.stringify(repaired)
}

/** Whether a reply gives the canary away, with other signs between its letters too, or backwards. */
export const leaks = (text: string, { canary }: Tokens): boolean => {
  const letters = text.toLowerCase().replaceAll(/[^a-z0-9]/g, "")
  return letters.includes(canary) || letters.includes([...canary].reverse().join(""))
}

/** The rating in a parsed reply; a failure says why it is none. */
export const readReply = (
  reply: unknown,
  source: string,
  groups: ReadonlyArray<GroupId>,
  { check }: Tokens,
  answer: Display
): Result.Result<Rated, string> => {
  const validate = validatorOf(groups)
  if (!validate(reply)) return Result.fail(`its rating does not keep to the schema: ${schemaProblem(validate)}`)
  const { check: returned, values, quotes } = reply as Reply
  if (returned !== check) return Result.fail("its reply does not carry the check text of the request")
  const repeated = repeatedKey(source)
  if (repeated) return Result.fail("its rating gives a field twice")
  const evidence: Array<EvidenceSpan> = []
  for (const { field, text } of quotes) {
    const place = locate(text, answer)
    if (place === null) return Result.fail(`it quotes words for ${field} that do not stand in the answer`)
    if (!evidence.some((one) => one.start === place.start && one.end === place.end && one.code === field)) {
      evidence.push({ ...place, code: field })
    }
  }
  return Result.succeed({ values, evidence })
}

interface Reply {
  readonly check: string
  readonly values: Values
  readonly quotes: ReadonlyArray<{ readonly field: string; readonly text: string }>
}

const validators = new Map<string, ValidateFunction>()

const validatorOf = (groups: ReadonlyArray<GroupId>): ValidateFunction => {
  const key = groups.join(" ")
  const known = validators.get(key)
  if (known !== undefined) return known
  const made = new Ajv2020({ allErrors: false, strict: true, strictTypes: false }).compile(replySchema(groups, true))
  validators.set(key, made)
  return made
}

/** Without the offending value, which a subject may have chosen. */
const schemaProblem = ({ errors }: ValidateFunction): string => {
  const { instancePath, keyword, message, params } = errors![0]!
  const where = instancePath === "" ? "the reply" : instancePath.slice(1).replaceAll("/", ".")
  return keyword === "additionalProperties"
    ? `${where} has a key too many`
    : `${where} ${message ?? keyword}${allowed(params)}`
}

const allowed = (params: Readonly<Record<string, unknown>>): string =>
  Array.isArray(params.allowedValues) && params.allowedValues.length < 8
    ? ` (${params.allowedValues.map((value) => String(value)).join(", ")})`
    : ""

/** Whether an object of the JSON text, which is valid, has a key twice: `JSON.parse` would take the last one silently. */
const repeatedKey = (source: string): boolean => {
  const open: Array<Set<string> | null> = []
  for (const [token, key] of source.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === "{") open.push(new Set())
    else if (token === "[") open.push(null)
    else if (token === "}" || token === "]") open.pop()
    else if (key !== undefined) {
      const keys = open.at(-1)
      const name = JSON.parse(key) as string
      if (keys?.has(name)) return true
      keys?.add(name)
    }
  }
  return false
}
