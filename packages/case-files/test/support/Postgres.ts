/** A Postgres server of its own for a test: a new cluster in a temporary folder, on a free port. */
import { type ChildProcess, execFile, type SpawnOptions, spawn } from "node:child_process"
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

export interface PostgresServer {
  /** Makes an empty database and gives its address. */
  readonly database: () => Promise<string>
  /** Runs SQL as the owner, behind the back of the store. Rejects with the server's words. */
  readonly query: (url: string, statement: string) => Promise<string>
  readonly stop: () => Promise<void>
}

/** Where Debian's package puts the server's programs, newest first; or null. */
const programs = globSync("/usr/lib/postgresql/*/bin")
  .filter((folder) => existsSync(join(folder, "initdb")))
  .sort()
  .at(-1)

/** The server refuses to run as root: there it runs as the user of Debian's package. */
const user = (): { readonly uid: number; readonly gid: number } | null => {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("postgres:"))
  return line === undefined ? null : { uid: Number(line.split(":")[2]), gid: Number(line.split(":")[3]) }
}
const isRoot = process.getuid?.() === 0

/** Why there can be no server here, or null. */
export const postgresMissing: string | null =
  programs === undefined
    ? "Postgres is not installed; apt-get install postgresql"
    : isRoot && user() === null
      ? "this is root, and there is no user postgres to run the server"
      : null

const password = "correct-horse"

export const startPostgres = async (): Promise<PostgresServer> => {
  const folder = mkdtempSync(join(tmpdir(), "case-files-postgres-"))
  const data = join(folder, "data")
  const passwordFile = join(folder, "password")
  writeFileSync(passwordFile, password, { mode: 0o600 })
  const owner = isRoot ? user()! : null
  if (owner !== null) for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid)
  const options: SpawnOptions = { ...owner, cwd: folder }
  const run = (program: string, ...parameters: ReadonlyArray<string>) =>
    promisify(execFile)(join(programs!, program), parameters, { ...options, encoding: "utf8" } as { encoding: "utf8" })
  await run(
    "initdb",
    ...["-D", data, "-U", "intake", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "--no-sync", "-E", "UTF8"],
    "--locale=C"
  )
  const port = await freePort()
  const server = spawn(
    join(programs!, "postgres"),
    ["-D", data, "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
    { ...options, stdio: ["ignore", "ignore", "pipe"] }
  )
  await ready(server)
  const address = (database: string) => `postgres://intake:${password}@127.0.0.1:${port}/${database}`
  const query = async (url: string, statement: string) =>
    (await run("psql", url, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement)).stdout.trim()
  let databases = 0
  return {
    query,
    database: async () => {
      databases += 1
      await query(address("postgres"), `CREATE DATABASE test_${databases}`)
      return address(`test_${databases}`)
    },
    stop: async () => {
      const exited = new Promise((resolve) => server.once("exit", resolve))
      server.kill("SIGINT")
      await exited
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

const ready = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ""
    server.stderr!.on("data", (chunk) => {
      said += String(chunk)
      if (said.includes("ready to accept connections")) resolve()
    })
    server.once("exit", () => reject(new Error(`Postgres did not start: ${said.slice(-2000)}`)))
  })
