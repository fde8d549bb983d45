/** Where plugins come from. */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Plugin } from "@model-intake/core"
import * as Schema from "effect/Schema"

export type PluginOrigin =
  | { readonly _tag: "built-in" }
  /** A value in the configuration file. */
  | { readonly _tag: "configuration"; readonly file: string }
  /** A path as the configuration file says it. */
  | { readonly _tag: "path"; readonly path: string }
  | { readonly _tag: "package"; readonly name: string; readonly version: string | null }

/** A plugin and where it comes from. */
export interface LoadedPlugin {
  readonly plugin: Plugin
  readonly origin: PluginOrigin
}

/** The origin in a few words: `built-in`, `./my-marker.ts`, `@acme/intake-plugins 1.2.0`. */
export const originWords = (origin: PluginOrigin): string => {
  switch (origin._tag) {
    case "built-in":
      return "built-in"
    case "configuration":
      return origin.file
    case "path":
      return origin.path
    case "package":
      return origin.version === null ? origin.name : `${origin.name} ${origin.version}`
  }
}

/** Whether a specifier is a path rather than the name of a package. */
const isPath = (specifier: string): boolean => /^(\.{0,2}[/\\]|[A-Za-z]:[/\\]|file:)/.test(specifier)

/** Where the plugins of a specifier come from, as seen from a directory. */
export const originOf = (specifier: string, directory: string): PluginOrigin => {
  if (isPath(specifier)) return { _tag: "path", path: specifier }
  const [name = specifier] = /^(@[^/]+\/)?[^/]+/.exec(specifier) ?? []
  return { _tag: "package", name: specifier, version: versionOf(name, directory) }
}

const decodeManifest = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ version: Schema.String })))

/** Version of a package in the nearest `node_modules`; null where it says none. */
const versionOf = (name: string, directory: string): string | null => {
  for (let folder = directory; ; folder = dirname(folder)) {
    const file = join(folder, "node_modules", name, "package.json")
    if (existsSync(file)) {
      try {
        return decodeManifest(readFileSync(file, "utf8")).version
      } catch {
        return null
      }
    }
    if (folder === dirname(folder)) return null
  }
}
