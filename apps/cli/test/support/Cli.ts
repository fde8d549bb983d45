/** The shipped bundle, run as a user does: in a process of its own, or in this one where a process adds nothing but time. */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

export const bundle = fileURLToPath(new URL("../../dist/intake.js", import.meta.url))

export interface Result {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Where a command runs, and all of its environment beside `PATH`. */
export interface Place {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
}

/** Runs a command in a process of its own. */
export const runProcess = (args: ReadonlyArray<string>, place: Place, input = ""): Promise<Result> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [bundle, ...args],
      { cwd: place.directory, env: { PATH: process.env.PATH, ...place.environment }, maxBuffer: 1e8 },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err })
    )
    child.stdin?.on("error", () => {})
    child.stdin?.end(input)
  })

/**
 * Runs a command in this process, by the chunk that the bundle's entry loads. Commands wait for each other: working
 * directory, environment and output streams are those of the process.
 */
export const runHere = (args: ReadonlyArray<string>, place: Place): Promise<Result> => {
  const result = last.then(() => runNow(args, place))
  last = result.catch(() => {})
  return result
}

let last: Promise<unknown> = Promise.resolve()

const runNow = async (args: ReadonlyArray<string>, { directory, environment }: Place): Promise<Result> => {
  const before = { cwd: process.cwd(), environment: { ...process.env }, exitCode: process.exitCode }
  const [out, err] = [capture(process.stdout), capture(process.stderr)]
  process.chdir(directory)
  setEnvironment({ PATH: process.env.PATH, ...environment })
  process.exitCode = undefined
  try {
    const code = await runIntake()(args, "0.0.0")
    return { code, out: out.text(), err: err.text() }
  } finally {
    out.restore()
    err.restore()
    process.exitCode = before.exitCode
    setEnvironment(before.environment)
    process.chdir(before.cwd)
  }
}

type RunIntake = (args: ReadonlyArray<string>, version: string) => Promise<number>

const runIntake = (): RunIntake => {
  const [chunk] = /\.\/chunks\/Cli-\w+\.js/.exec(readFileSync(bundle, "utf8")) ?? []
  if (chunk === undefined) throw new Error("dist/intake.js loads no chunk Cli; build apps/cli again")
  return (createRequire(bundle)(chunk) as { readonly runIntake: RunIntake }).runIntake
}

const setEnvironment = (values: Readonly<Record<string, string | undefined>>): void => {
  for (const name of Object.keys(process.env)) if (values[name] === undefined) delete process.env[name]
  for (const [name, value] of Object.entries(values)) if (value !== undefined) process.env[name] = value
}

const capture = (stream: NodeJS.WriteStream) => {
  const { write } = stream
  let text = ""
  stream.write = ((chunk: string | Uint8Array, ...rest: ReadonlyArray<unknown>) => {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString()
    const done = rest.at(-1)
    if (typeof done === "function") done()
    return true
  }) as typeof stream.write
  return {
    text: () => text,
    restore: () => {
      stream.write = write
    }
  }
}
