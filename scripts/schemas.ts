/** Writes the published JSON Schemas into `packages/core/schemas`; `--check` only says whether they are up to date. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { jsonSchemas } from "../packages/core/src/index.ts"
import { root } from "./workspace.ts"

const folder = join(root, "packages/core/schemas")
const wanted = new Map(
  Object.entries(jsonSchemas()).map(([name, schema]) => [`${name}.json`, `${JSON.stringify(schema, null, 2)}\n`])
)
if (process.argv.includes("--check")) {
  const there = new Map(
    globSync("*.json", { cwd: folder }).map((file) => [file, readFileSync(join(folder, file), "utf8")])
  )
  const stale = [...new Set([...wanted.keys(), ...there.keys()])].filter((file) => wanted.get(file) !== there.get(file))
  for (const file of stale)
    console.error(`packages/core/schemas/${file} is not what the code says; run node scripts/schemas.ts`)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of wanted) writeFileSync(join(folder, file), text)
  console.log(`${wanted.size} schemas`)
}
