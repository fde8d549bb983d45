import { pathToFileURL } from "node:url"
import * as Predicate from "effect/Predicate"

/**
 * The default export of a module, TypeScript included, as seen from a directory: a relative or absolute path, or the
 * name of a package that is installed there.
 */
export const importDefault = async (specifier: string, directory: string): Promise<unknown> => {
  const { tsImport } = await import("tsx/esm/api")
  const module: { readonly default?: unknown } = await tsImport(specifier, pathToFileURL(`${directory}/`).href)
  const exported = module.default
  // A file in a folder without "type": "module" is loaded as CommonJS, which wraps the default export once more.
  return Predicate.isObject(exported) && "__esModule" in exported && "default" in exported ? exported.default : exported
}
