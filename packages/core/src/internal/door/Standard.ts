/** Schemas of settings, whatever library they are of: checked through Standard Schema, described by JSON Schema. */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "effect/StandardSchema"

/** How settings cross from one library, or copy of a library, to another. */
export type SettingsDoor = StandardSchemaV1 & Partial<StandardJSONSchemaV1>

/** Whether a value is a schema of a library that keeps to Standard Schema; with some libraries it is a function. */
export const isStandard = (value: unknown): value is SettingsDoor =>
  (Predicate.isObject(value) || typeof value === "function") && "~standard" in value

/**
 * A schema of this copy of Effect, or of another library, as Standard Schema. Effect's own is converted here, by the
 * copy that made it: no other copy can decode with it.
 */
export const toStandard = (config: unknown): SettingsDoor => {
  if (isStandard(config)) return config
  const known = converted.get(config as object)
  if (known !== undefined) return known
  const schema = Schema.toStandardSchemaV1(config as Schema.Codec<unknown>, {
    parseOptions: { errors: "all", onExcessProperty: "error" }
  })
  const describe = () => jsonSchemaOf(schema)
  const door: SettingsDoor = {
    // What JSON Schema cannot say is found out when somebody asks.
    "~standard": { ...schema["~standard"], jsonSchema: { input: describe, output: describe } }
  }
  converted.set(config as object, door)
  return door
}

const converted = new WeakMap<object, SettingsDoor>()

/** JSON Schema of what the schema decodes; an object stands in it itself, not behind a reference. */
const jsonSchemaOf = (schema: Schema.Codec<unknown>): Record<string, unknown> => {
  const document = Schema.toJsonSchemaDocument(schema, { onExcessProperty: "error" })
  const name = /^#\/\$defs\/(.*)$/.exec(String(document.schema.$ref))?.[1]
  const own = name === undefined ? document.schema : (document.definitions[name] ?? document.schema)
  return Object.keys(document.definitions).length === 0 ? { ...own } : { ...own, $defs: document.definitions }
}
