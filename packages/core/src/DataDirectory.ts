/** Where everything that outlives a process is kept: the journal, case files, the signing key, accreditations. */
import { homedir } from "node:os"
import { isAbsolute, join, resolve } from "node:path"

/** What the folder depends on; that of this process unless given. */
export interface Surroundings {
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  readonly platform?: NodeJS.Platform | undefined
  readonly home?: string | undefined
}

/**
 * `INTAKE_HOME`, else `model-intake` in the user's own data folder: `XDG_DATA_HOME`, Application Support, `LOCALAPPDATA` or
 * `.local/share`. It need not exist yet.
 */
export const dataDirectory = ({
  environment = process.env,
  platform = process.platform,
  home = homedir()
}: Surroundings = {}): string => {
  const { INTAKE_HOME: own = "", LOCALAPPDATA: local = "", XDG_DATA_HOME: data = "" } = environment
  if (own !== "") return resolve(own)
  // The XDG specification has relative paths ignored.
  return join(isAbsolute(data) ? data : platformData(platform, home, local), "model-intake")
}

const platformData = (platform: NodeJS.Platform, home: string, local: string): string => {
  if (platform === "darwin") return join(home, "Library", "Application Support")
  if (platform !== "win32") return join(home, ".local", "share")
  return local === "" ? join(home, "AppData", "Local") : local
}
