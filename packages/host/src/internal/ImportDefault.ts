import { pathToFileURL } from "node:url"
import * as Predicate from "effect/Predicate"

/**
 * The default export of a module, TypeScript included, as seen from a directory: a relative or absolute path, or the
 * name of a package that is installed there.
 */
export const importDefault = async (specifier: string, directory: string): Promise<unknown> => {
  importing ??= register()
  const importFrom = await importing
  const module: { readonly default?: unknown } = await importFrom(specifier, pathToFileURL(`${directory}/`).href)
  const exported = module.default
  // A file in a folder without "type": "module" is loaded as CommonJS, which wraps the default export once more.
  return Predicate.isObject(exported) && "__esModule" in exported && "default" in exported ? exported.default : exported
}

/** One for all, so that the configuration file and the plugins that it names share what they import. */
let importing: ReturnType<typeof register> | undefined

const register = async () => {
  const namespace = "intake"
  const [esm, cjs] = await Promise.all([import("tsx/esm/api"), import("tsx/cjs/api")])
  cjs.register({ namespace })
  return esm.register({ namespace }).import
}
