/** Where case files are kept unless somebody says otherwise. */
import { join } from "node:path"
import type * as Layer from "effect/Layer"
import { CaseFiles, type CaseFilesOptions } from "./CaseFiles.ts"
import type { CaseFilesError } from "./CaseFilesError.ts"

/** What the folder depends on; `process.env`, `process.platform` and `os.homedir()` outside tests. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
}

/** The user's own data folder: XDG_DATA_HOME, Application Support or LOCALAPPDATA, and in it `model-intake`. */
export const dataDirectory = ({ environment, home, platform }: Surroundings): string => {
  if (platform === "win32") return join(environment.LOCALAPPDATA || join(home, "AppData", "Local"), "model-intake")
  if (platform === "darwin") return join(home, "Library", "Application Support", "model-intake")
  // The XDG specification has relative paths ignored.
  const data = environment.XDG_DATA_HOME
  return join(data?.startsWith("/") ? data : join(home, ".local", "share"), "model-intake")
}

export const storeFile = (directory: string): string => join(directory, "case-files.sqlite")
export const signingKeyFile = (directory: string): string => join(directory, "signing-key.pem")

/** The store that `--store` names: an address that begins with `postgres://` or `postgresql://`, else an SQLite file. */
export const layerStore = (store: string, options: CaseFilesOptions): Layer.Layer<CaseFiles, CaseFilesError> =>
  /^postgres(ql)?:/i.test(store) ? CaseFiles.layerPostgres(store, options) : CaseFiles.layerSqlite(store, options)
