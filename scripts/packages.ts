/** Packs every published package as it would be published, and has publint and Are The Types Wrong look at it. */
import { spawnSync } from "node:child_process"
import { globSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root, workspacePackages } from "./workspace.ts"

const directory = mkdtempSync(join(tmpdir(), "intake-pack-"))
let failures = 0

const run = (command: string, args: ReadonlyArray<string>, cwd: string): void => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" })
  if (status === 0) return
  failures++
  console.error(`${command} ${args.join(" ")} in ${cwd}\n${stdout}${stderr}`)
}

for (const { path, manifest } of workspacePackages) {
  if (manifest.private === true) continue
  const cwd = join(root, path)
  const target = join(directory, manifest.name.replace("/", "-"))
  run("pnpm", ["pack", "--pack-destination", target], cwd)
  const tarball = globSync("*.tgz", { cwd: target })[0]
  if (tarball === undefined) continue
  run("publint", ["run", "--strict", join(target, tarball)], root)
  if (manifest.publishConfig?.exports !== undefined) run("attw", ["--profile", "esm-only", join(target, tarball)], root)
  console.log(`${manifest.name} ${manifest.version}: packed`)
}
rmSync(directory, { recursive: true })
process.exitCode = failures === 0 ? 0 : 1
