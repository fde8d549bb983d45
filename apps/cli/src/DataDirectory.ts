/** Where the command line keeps what outlives it. */
import { homedir } from "node:os"
import { join, resolve } from "node:path"

/**
 * The folder of journals and records: `INTAKE_HOME`, else the system's own place for the data of an application. It need
 * not exist yet.
 */
export const dataDirectory = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform
): string => {
  const given = (name: string) =>
    environment[name] === undefined || environment[name] === "" ? null : environment[name]
  const own = given("INTAKE_HOME")
  if (own !== null) return resolve(own)
  const data =
    given("XDG_DATA_HOME") ??
    (platform === "darwin"
      ? join(homedir(), "Library", "Application Support")
      : platform === "win32"
        ? (given("LOCALAPPDATA") ?? join(homedir(), "AppData", "Local"))
        : join(homedir(), ".local", "share"))
  return join(data, "model-intake")
}
