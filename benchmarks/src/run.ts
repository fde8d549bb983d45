/** `pnpm bench [NAME] [ARGUMENTS]`: runs one benchmark, or all of them. */
import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

const directory = fileURLToPath(new URL(".", import.meta.url))
const names = readdirSync(directory)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replace(/\.ts$/, ""))
  .filter((name) => name !== "run")
const [name, ...rest] = process.argv.slice(2)
if (name !== undefined && !names.includes(name)) {
  console.error(`no benchmark is named ${name}; there are: ${names.join(", ")}`)
  process.exit(2)
}
for (const each of name === undefined ? names : [name]) {
  console.log(`\n# ${each}`)
  const { status } = spawnSync(process.execPath, [`${directory}${each}.ts`, ...rest], { stdio: "inherit" })
  if (status !== 0) process.exitCode = 1
}
