/** Plugins as a person reads them, and as a program does. */
import { type Plugin, pluginConventions, settingsJsonSchema, timedFunctions, wrap } from "@model-intake/core"
import { type InstalledPlugins, originWords, type PluginOrigin } from "@model-intake/host"
import * as Predicate from "effect/Predicate"
import { printable, type Style } from "./Terminal.ts"

type Styled = (style: Style, text: string) => string

/** One plugin of the list, left out or not. */
interface Entry {
  readonly plugin: Plugin
  readonly origin: PluginOrigin
  readonly leftOut: boolean
}

export const entriesOf = ({ installed, leftOut }: InstalledPlugins): ReadonlyArray<Entry> => [
  ...installed.map((loaded) => ({ ...loaded, leftOut: false })),
  ...leftOut.map((plugin) => ({ plugin, origin: { _tag: "built-in" } as const, leftOut: true }))
]

/** What a program gets of a plugin in the list. */
export const entryDocument = ({ leftOut, origin, plugin }: Entry) => ({
  kind: plugin.kind,
  id: plugin.id,
  version: plugin.version,
  summary: plugin.summary,
  capabilities: plugin.capabilities,
  origin,
  leftOut
})

/** The list: a line for each plugin with what it can do below. */
export const pluginLines = (entries: ReadonlyArray<Entry>, style: Styled): ReadonlyArray<string> => {
  const nameOf = ({ plugin }: Entry) => `${plugin.kind} ${plugin.id}`
  const places = new Map(entries.map((entry) => [entry, placeOf(entry)]))
  const width = Math.max(...entries.map((entry) => nameOf(entry).length))
  const versions = Math.max(...entries.map(({ plugin }) => plugin.version.length))
  const column = Math.max(...[...places.values()].map((place) => place.length))
  return entries.flatMap((entry) => {
    const { leftOut, plugin } = entry
    const name = style(leftOut ? "dim" : "bold", nameOf(entry).padEnd(width))
    const place = places.get(entry)!.padEnd(column)
    return [
      `${name}  ${plugin.version.padEnd(versions)}  ${place}  ${printable(plugin.summary)}`,
      ...(leftOut ? [] : plugin.capabilities.map((capability) => `  ${style("dim", printable(capability))}`))
    ]
  })
}

const placeOf = ({ leftOut, origin }: Entry): string => (leftOut ? "left out" : printable(originWords(origin)))

/** One plugin with its settings. */
export const pluginDetails = (entry: Entry, style: Styled): ReadonlyArray<string> => {
  const { plugin } = entry
  const slow = timedFunctions.flatMap((part) => {
    const seconds = plugin.deadlines?.[part]
    return seconds === undefined ? [] : [`${part} ${seconds} s (usually ${pluginConventions.deadlines[part]})`]
  })
  return [
    style("bold", `${plugin.kind} ${plugin.id} ${plugin.version}`),
    ...wrap(printable(plugin.summary), 100, "  "),
    `  From: ${entry.leftOut ? "built-in, left out by the configuration" : placeOf(entry)}`,
    ...(plugin.capabilities.length === 0 ? [] : [`  Can do: ${printable(plugin.capabilities.join(", "))}`]),
    ...(slow.length === 0 ? [] : [`  Deadlines of its own: ${slow.join(", ")}`]),
    ...settingsLines(plugin, style)
  ]
}

const settingsLines = (plugin: Plugin, style: Styled): ReadonlyArray<string> => {
  const schema = settingsJsonSchema(plugin)
  if (schema === null) return ["  Its settings have no JSON Schema; see what its author says of them."]
  const { properties, required } = schema
  const named = Predicate.isObject(properties) ? Object.entries(properties) : []
  if (named.length === 0) return ["  It has no settings."]
  const needed = Array.isArray(required) ? required : []
  const width = Math.max(...named.map(([name]) => name.length))
  return [
    `  Settings (settings.${plugin.id}):`,
    ...named.flatMap(([name, member]) => {
      const { description, type } = typeAndDescription(member, schema)
      const must = needed.includes(name) ? ", required" : ""
      return [
        `    ${style("bold", printable(name).padEnd(width))}  ${type}${must}`,
        ...(description === null ? [] : wrap(printable(description), 100, `      `))
      ]
    })
  ]
}

/** What JSON Schema says of a setting, in a few words. */
const typeAndDescription = (
  member: unknown,
  root: Readonly<Record<string, unknown>>
): { readonly type: string; readonly description: string | null } => {
  const own = resolved(member, root)
  const { description, enum: values, items, type } = own
  const parts = [own.allOf, own.anyOf, own.oneOf].flatMap((list) => (Array.isArray(list) ? list : []))
  const inner = parts.map((part) => typeAndDescription(part, root))
  const words = Array.isArray(values)
    ? values.map((value) => JSON.stringify(value)).join(" | ")
    : typeof type === "string"
      ? type === "array" && items !== undefined
        ? `array of ${typeAndDescription(items, root).type}`
        : type
      : [...new Set(inner.map((part) => part.type).filter((part) => part !== "any"))].join(" | ")
  const says = [description, ...inner.map((part) => part.description)].find(Predicate.isString)
  return { type: printable(words === "" ? "any" : words), description: says ?? null }
}

/** A schema, or what its reference to a definition stands for. */
const resolved = (member: unknown, root: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  if (!Predicate.isObject(member)) return {}
  const own = member as Readonly<Record<string, unknown>>
  const name = /^#\/\$defs\/(.*)$/.exec(String(own.$ref))?.[1]
  const definition = name === undefined || !Predicate.isObject(root.$defs) ? undefined : Reflect.get(root.$defs, name)
  return Predicate.isObject(definition) ? { ...(definition as Readonly<Record<string, unknown>>), ...own } : own
}
