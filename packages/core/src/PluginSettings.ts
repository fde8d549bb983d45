/** Settings of plugins: checked through Standard Schema, and shown by JSON Schema where the plugin's library gives one. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type { StandardSchemaV1 } from "effect/StandardSchema"
import { copyOf } from "./internal/door/Copy.ts"
import { failedSentence } from "./internal/door/Failures.ts"
import { type SettingsDoor, toStandard } from "./internal/door/Standard.ts"
import { type Plugin, PluginError } from "./PluginContract.ts"

const doorOf = (plugin: Plugin): SettingsDoor => {
  const copy = copyOf(plugin)
  return copy === undefined ? toStandard(plugin.config) : copy.settings(plugin.config)
}

/**
 * JSON Schema (draft 2020-12) of a plugin's settings; null where its library gives none, or cannot say them so.
 */
export const settingsJsonSchema = (plugin: Plugin): Readonly<Record<string, unknown>> | null => {
  try {
    return doorOf(plugin)["~standard"].jsonSchema?.input({ target: "draft-2020-12" }) ?? null
  } catch {
    return null
  }
}

/**
 * The settings as the plugin's `make` takes them. A setting that the plugin does not have is refused by its path,
 * whatever its library would do with it.
 */
export const decodeSettings = Effect.fnUntraced(function* (
  plugin: Plugin,
  settings: unknown
): Effect.fn.Return<unknown, PluginError> {
  const fail = (says: string) =>
    new PluginError({
      plugin: plugin.id,
      message: `the configuration of ${plugin.kind} ${JSON.stringify(plugin.id)} is wrong: ${says}`
    })
  const result = yield* Effect.tryPromise({
    try: async () => doorOf(plugin)["~standard"].validate(settings),
    catch: (reason) => fail(failedSentence(plugin.id, "config", reason))
  })
  if (result.issues !== undefined) return yield* fail(issuesInWords(result.issues))
  if (Predicate.isObject(settings) && Object.keys(settings).length === 0) return result.value
  const schema = settingsJsonSchema(plugin)
  const stranger = schema === null ? droppedKey(settings, result.value) : unknownKey(schema, settings)
  return stranger === null ? result.value : yield* fail(`${stranger}: there is no such setting`)
})

/** What is wrong with a value, one clause for each place. */
const issuesInWords = (issues: ReadonlyArray<StandardSchemaV1.Issue>): string =>
  issues
    .map(({ message, path = [] }) => {
      const where = path.map((segment) => String(typeof segment === "object" ? segment.key : segment)).join(".")
      const says = message.replaceAll(/\s+/g, " ")
      return where === "" ? says : `${where}: ${says}`
    })
    .join("; ")

/**
 * Path of the first key that no schema mentions. Many libraries drop such keys silently. Only plain objects with listed
 * properties are looked into: where a schema offers alternatives its own check decides.
 */
const unknownKey = (schema: unknown, value: unknown, path: string = ""): string | null => {
  if (!Predicate.isObject(schema) || !Predicate.isObject(value)) return null
  const { additionalProperties, patternProperties, properties } = schema as Readonly<Record<string, unknown>>
  const isClosed = additionalProperties === undefined || additionalProperties === false
  if (!Predicate.isObject(properties) || !isClosed || patternProperties !== undefined) return null
  for (const [key, member] of Object.entries(value)) {
    const where = path === "" ? key : `${path}.${key}`
    if (!Object.hasOwn(properties, key)) return where
    const inner = unknownKey(Reflect.get(properties, key), member, where)
    if (inner !== null) return inner
  }
  return null
}

/** The first key that is not in the checked settings, where there is nothing else to tell by. */
const droppedKey = (settings: unknown, checked: unknown): string | null =>
  Predicate.isObject(settings) && Predicate.isObject(checked)
    ? (Object.keys(settings).find((key) => !(key in checked)) ?? null)
    : null
