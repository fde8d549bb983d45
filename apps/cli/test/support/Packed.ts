/**
 * The packages as somebody gets them who installs them: packed as they are published, and unpacked into a folder of its
 * own. What they need of others is linked from the workspace, so that no registry is asked.
 */
import { execFile } from "node:child_process"
import { existsSync, readFileSync, realpathSync } from "node:fs"
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)
const root = fileURLToPath(new URL("../../../..", import.meta.url))
const cli = join(root, "apps/cli")
const pnpm = join(root, "node_modules/.bin/pnpm")

interface Manifest {
  readonly name: string
  readonly bin?: string | Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

/** Where a package lies, as a package of the workspace sees it. */
const folderOf = (name: string, from: string): string => {
  if (name === "model-intake") return cli
  const places = createRequire(join(from, "package.json")).resolve.paths(name) ?? []
  const found = places.map((place) => join(place, name)).find((folder) => existsSync(folder))
  if (found === undefined) throw new Error(`${from} has no ${name}`)
  return realpathSync(found)
}

const unpack = async (tarball: string, target: string): Promise<void> => {
  await mkdir(target, { recursive: true })
  await run("tar", ["-xzf", tarball, "-C", target, "--strip-components", "1"])
}

/**
 * Installs packages into `node_modules` of a folder, and what they need with them.
 *
 * @param packages names as the command's package sees them, paths of tarballs, or `effect=effect-other` for another
 * package under a name
 */
export const install = async (folder: string, packages: ReadonlyArray<string>): Promise<void> => {
  const modules = join(folder, "node_modules")
  const tarballs = await mkdtemp(join(tmpdir(), "intake-packed-"))
  const others = new Map(packages.filter((one) => one.includes("=")).map((one) => one.split("=") as [string, string]))
  const add = async (name: string, from: string): Promise<void> => {
    const target = join(modules, name)
    if (existsSync(target)) return
    await mkdir(dirname(target), { recursive: true })
    const other = others.get(name)
    const source = other === undefined ? folderOf(name, from) : folderOf(other, cli)
    if (source.includes("node_modules")) await symlink(source, target, "junction")
    else {
      const { stdout } = await run(pnpm, ["pack", "--pack-destination", tarballs], { cwd: source })
      await unpack(stdout.trim().split("\n").at(-1)!, target)
      await addNeeds(target, source)
    }
    await addCommands(modules, target)
  }
  const addNeeds = async (target: string, from: string): Promise<void> => {
    const { dependencies, peerDependencies } = manifestIn(target)
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) await add(name, from)
  }
  for (const one of packages) {
    if (one.endsWith(".tgz")) {
      const unpacked = join(tarballs, "unpacked")
      await unpack(join(folder, one), unpacked)
      const target = join(modules, manifestIn(unpacked).name)
      await unpack(join(folder, one), target)
      await addNeeds(target, cli)
    } else await add(one.replace(/=.*/, ""), cli)
  }
  await rm(tarballs, { recursive: true })
}

/** The commands of a package, in `node_modules/.bin`. */
const addCommands = async (modules: string, target: string): Promise<void> => {
  const { bin, name } = manifestIn(target)
  const commands = typeof bin === "string" ? { [name.replace(/^.*\//, "")]: bin } : (bin ?? {})
  for (const [command, file] of Object.entries(commands)) {
    await mkdir(join(modules, ".bin"), { recursive: true })
    const script = `#!/bin/sh\nexec "${process.execPath}" "${join(target, file)}" "$@"\n`
    await writeFile(join(modules, ".bin", command), script, { mode: 0o755 })
  }
}
