/** Processes that examine, as Linux tells; elsewhere none are found. */
import { readdirSync, readFileSync } from "node:fs"

/** Ids of the processes that examine for a home folder. */
export const workersOf = (folder: string): ReadonlyArray<number> => {
  const read = (file: string): string => {
    try {
      return readFileSync(file, "utf8")
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return ""
    }
  }
  if (process.platform !== "linux") return []
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/cmdline`).includes("ExamWorker"))
    .filter((name) => read(`/proc/${name}/environ`).includes(folder))
    .map(Number)
}
