/** Looks at what plugins give before anything relies on it: what is not of its contract's shape is said by name. */
import * as Predicate from "effect/Predicate"

/** What a member has to be, in words; null where the value is that. */
export type Shape = (value: unknown) => string | null

const shape =
  (holds: (value: unknown) => boolean, says: string): Shape =>
  (value) =>
    holds(value) ? null : says

export const text = shape((value) => typeof value === "string" && value !== "", "a text")
export const anyText = shape((value) => typeof value === "string", "a text")
export const boolean = shape((value) => typeof value === "boolean", "true or false")
export const func = shape((value) => typeof value === "function", "a function")
export const array = shape((value) => Array.isArray(value), "an array")
export const record = shape((value) => Predicate.isObject(value), "an object")
export const count = shape(
  (value) => typeof value === "number" && Number.isInteger(value) && value >= 0,
  "a whole number of at least 0"
)

export const optional =
  (other: Shape): Shape =>
  (value) =>
    value === undefined ? null : other(value)

export const nullable =
  (other: Shape): Shape =>
  (value) => {
    const problem = value === null ? null : other(value)
    return problem === null || problem.includes(": ") ? problem : `${problem} or null`
  }

export const oneOf = (values: ReadonlyArray<unknown>): Shape =>
  shape((value) => values.includes(value), `one of ${values.join(", ")}`)

/** Members of an object, each with its shape. */
export const shapeOf =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) => {
    if (!Predicate.isObject(value)) return "an object"
    for (const [name, member] of Object.entries(shapes)) {
      const problem = member(Reflect.get(value, name))
      if (problem !== null) return `${name}: ${problem}`
    }
    return null
  }

/** An object whose members are all of one shape. */
export const recordOf =
  (member: Shape): Shape =>
  (value) =>
    record(value) ?? shapeOf(Object.fromEntries(Object.keys(value as object).map((name) => [name, member])))(value)

/** Why a value is not of a shape, as the end of a sentence such as "its make gave something else"; null where it is. */
export const shapeProblem = (value: unknown, expected: Shape): string | null => {
  const problem = expected(value)
  if (problem === null) return null
  if (Predicate.isPromiseLike(value)) return "gave a promise where the value itself is needed"
  const at = problem.lastIndexOf(": ")
  if (at < 0) return `gave ${kindOf(value)}, not ${problem}`
  const path = problem.slice(0, at).replaceAll(": ", ".")
  return `gave a value whose ${JSON.stringify(path)} is not ${problem.slice(at + 2)}`
}

const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return "an array"
  return typeof value === "object" ? "an object" : `a ${typeof value}`
}
