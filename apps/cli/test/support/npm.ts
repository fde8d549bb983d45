/**
 * Stands in for npm in a folder of a test: `install` unpacks what was just packed and links the rest from the workspace,
 * `pack` packs a folder. Effect is another version there than in the command.
 */
import { execFileSync } from "node:child_process"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { install } from "./Packed.ts"

const [command, ...given] = process.argv.slice(2)
const names = given.filter((argument) => !argument.startsWith("-"))

if (command === "install") {
  await install(
    process.cwd(),
    names.map((name) => (name === "effect" ? "effect=effect-other" : name))
  )
} else if (command === "pack") {
  const pnpm = fileURLToPath(new URL("../../../../node_modules/.bin/pnpm", import.meta.url))
  for (const folder of names) {
    execFileSync(pnpm, ["pack", "--pack-destination", process.cwd()], { cwd: resolve(folder), stdio: "inherit" })
  }
} else {
  throw new Error(`npm ${command} is not needed in tests`)
}
