/** Defines plugins, and says of any value what keeps it from being one. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { coreVersion } from "./CoreVersion.ts"
import { copyOf, copyProblem, stamped } from "./internal/door/Copy.ts"
import { ownCopy } from "./internal/door/OwnCopy.ts"
import { isStandard } from "./internal/door/Standard.ts"
import { type Plugin, PluginError, type PluginWith, type SettingsSchema } from "./PluginContract.ts"
import { timedFunctions } from "./PluginConventions.ts"

/** Settings of a plugin that has none: whatever is set is refused. */
export const noSettings: Schema.Codec<Readonly<Record<string, never>>> = Schema.Record(
  Schema.String,
  Schema.Never
).annotate({ identifier: "NoSettings" })

/**
 * Checks a plugin's shape at compile time, and marks it with the copy of core that runs it, by which it works with a
 * command that has another copy, and another version of Effect.
 *
 * @example
 * ```ts
 * export default definePlugin({
 *   kind: "backend", id: "echo", version: "1.0.0", summary: "Says what it was told", capabilities: [],
 *   config: noSettings, make: () => ({ id: "echo", open: async (subject) => ({ subject, capabilities, chat }) })
 * })
 * ```
 */
export const definePlugin = <Config, const P extends PluginWith<Config>>(
  plugin: P & { readonly config: SettingsSchema<Config> }
): P => stamped(plugin, ownCopy)

/** Seconds that a timer can run. */
const longestDeadline = 2_000_000

/**
 * JSON Schema of a plugin's manifest, which is the plugin with its functions and its configuration schema replaced by
 * the words "function" and "schema".
 */
export const pluginManifestSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Model Intake plugin manifest",
  type: "object",
  required: ["kind", "id", "version", "summary", "capabilities", "config", "make"],
  properties: {
    kind: { enum: ["marker", "battery", "backend", "rater"] },
    id: { type: "string", pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$" },
    version: { type: "string", pattern: "^\\d+\\.\\d+\\.\\d+([-+][0-9A-Za-z.-]+)?$" },
    summary: { type: "string", minLength: 1 },
    capabilities: { type: "array", items: { type: "string" } },
    config: { const: "schema" },
    deadlines: {
      type: "object",
      propertyNames: { enum: timedFunctions },
      additionalProperties: { type: "number", exclusiveMinimum: 0, maximum: longestDeadline }
    },
    make: { const: "function" }
  }
} as const

let checkManifest: ValidateFunction | undefined

/** Says exactly what keeps a value from being a plugin that can be used here, or null. */
export const pluginProblem = (value: unknown): string | null => {
  if (!Predicate.isObject(value)) return "it is not an object; export the plugin as the default export"
  const copy = copyOf(value)
  const incompatible = copy === undefined ? null : copyProblem(copy, coreVersion)
  if (incompatible !== null) return incompatible
  const manifest = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, wordFor(member)]))
  checkManifest ??= new Ajv2020({ allErrors: false, validateSchema: false, meta: false }).compile(pluginManifestSchema)
  if (checkManifest(manifest)) {
    return copy === undefined && !isStandard(value.config)
      ? "nothing says which copy of Effect its config is of; export what definePlugin of @model-intake/core gives"
      : null
  }
  const error = checkManifest.errors![0]!
  if (error.keyword === "required") return `it has no "${error.params.missingProperty}"`
  const where = error.instancePath.slice(1).replaceAll("/", ".")
  const allowed = "allowedValues" in error.params ? `: ${(error.params.allowedValues as Array<string>).join(", ")}` : ""
  const constant = error.keyword === "const" ? ` (a ${String(error.params.allowedValue)})` : ""
  return `its "${where}" ${error.message}${allowed}${constant}`
}

/** Schemas may be functions. */
const wordFor = (member: unknown): unknown => {
  if (Schema.isSchema(member) || isStandard(member)) return "schema"
  return typeof member === "function" ? "function" : member
}

/** The value as a plugin, or what keeps it from being one. */
export const checkPlugin = (value: unknown, name: string): Effect.Effect<Plugin, PluginError> => {
  const problem = pluginProblem(value)
  return problem === null
    ? Effect.succeed(value as Plugin)
    : Effect.fail(new PluginError({ plugin: name, message: `${name} is not a plugin: ${problem}` }))
}
