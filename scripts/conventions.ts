/**
 * Conventions that no linter knows: the direction of imports, circles, who may name an instrument, what every package and
 * every plugin must have, and words that must not stand anywhere. Prints each breach with its file and ends with 1 if
 * there is one; `--arrows` prints the packages that each package imports.
 */
import { execFileSync } from "node:child_process"
import { existsSync, globSync } from "node:fs"
import { basename, join } from "node:path"
import type { Instrument } from "../packages/core/src/index.ts"
import { circlesOf, fileGraph, specifiersIn } from "./imports.ts"
import { read, root, type WorkspacePackage, workspacePackages } from "./workspace.ts"

const breaches: Array<string> = []
const breach = (where: string, says: string) => breaches.push(`${where}: ${says}`)

/** Storeys of the house: what each may import from the workspace. Packages that are not listed are words' neighbours. */
const kits = ["packages/instruments", "packages/wire", "packages/formats", "packages/journal", "packages/onnx-runtime"]
const words = ["packages/core", "packages/psychometrics"]
const running = [...kits, "packages/examination"]
const allowed: Readonly<Record<string, ReadonlyArray<string>>> = {
  "packages/psychometrics": [],
  "packages/core": ["packages/psychometrics"],
  "packages/examination": [...words, ...kits],
  "packages/testkit": [...words, ...running],
  "packages/host": [...words, ...running, "packages/case-files", "packages/report", "plugins"],
  plugins: [...words, ...kits],
  packages: words,
  apps: ["packages", "plugins"]
}

const storeyOf = (path: string): string => (allowed[path] === undefined ? path.split("/")[0]! : path)

const mayImport = (from: string, target: string): boolean =>
  allowed[storeyOf(from)]!.some((place) => target === place || target.startsWith(`${place}/`))

const byName = new Map(workspacePackages.map((entry) => [entry.manifest.name, entry]))

/** Packages of the workspace that each package imports. */
const arrows = new Map<string, Set<string>>()

const checkImports = (entry: WorkspacePackage): void => {
  const { path, manifest } = entry
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies }
  const own = new Set<string>()
  arrows.set(path, own)
  for (const file of globSync("src/**/*.ts", { cwd: join(root, path) })) {
    for (const specifier of specifiersIn(read(`${path}/${file}`))) {
      const target = byName.get(specifier)
      if (target === undefined) continue
      own.add(target.path)
      if (!mayImport(path, target.path)) breach(`${path}/${file}`, `may not import ${specifier}`)
      if (declared[specifier] === undefined) breach(`${path}/${file}`, `imports ${specifier} without declaring it`)
    }
  }
  for (const circle of circlesOf(fileGraph(entry)))
    breach(path, `has a circle of imports: ${circle.map((file) => file.slice(path.length + 5)).join(", ")}`)
}

const checkPackage = ({ path, manifest }: WorkspacePackage): void => {
  const required: Readonly<Record<string, unknown>> = {
    description: manifest.description,
    license: manifest.license,
    "type module": manifest.type === "module" || undefined,
    "engines.node": manifest.engines?.node
  }
  for (const [what, value] of Object.entries(required))
    if (value === undefined) breach(path, `package.json lacks ${what}`)
  for (const file of ["README.md", "tsconfig.json", "src", "test"])
    if (!existsSync(join(root, path, file))) breach(path, `lacks ${file}`)
  if (manifest.private !== true && !path.startsWith("apps/") && manifest.publishConfig?.exports === undefined)
    breach(path, "lacks publishConfig.exports")
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    if (!/^(catalog:|workspace:)/.test(range)) breach(path, `pins ${name} outside the catalog`)
  }
  const readme = existsSync(join(root, path, "README.md")) ? read(`${path}/README.md`) : ""
  if (!readme.includes("```")) breach(path, "README.md has no example")
}

/** npm names follow the folders: plugins/raters/linear is @model-intake/rater-linear. */
const singular: Readonly<Record<string, string>> = {
  markers: "marker",
  batteries: "battery",
  backends: "backend",
  raters: "rater"
}

const checkPlugin = async ({ path, manifest }: WorkspacePackage): Promise<void> => {
  const [, kinds, id] = path.split("/")
  const kind = singular[kinds!]
  if (manifest.name !== `@model-intake/${kind}-${id}`)
    breach(path, `is named ${manifest.name}, not @model-intake/${kind}-${id}`)
  for (const peer of ["effect", "@model-intake/core"]) {
    if (manifest.peerDependencies?.[peer] === undefined) breach(path, `lacks the peer dependency ${peer}`)
  }
  const source = read(`${path}/src/index.ts`)
  if (!source.includes(`const version = "${manifest.version}"`))
    breach(path, "src/index.ts and package.json differ in version")
  const { pluginProblem } = await import("../packages/core/src/index.ts")
  const plugin = ((await import(join(root, path, "src/index.ts"))) as { default: { kind: string; id: string } }).default
  const problem = pluginProblem(plugin)
  if (problem !== null) breach(path, `does not export a plugin: ${problem}`)
  else if (plugin.kind !== kind || plugin.id !== id) breach(path, `exports ${plugin.kind} ${plugin.id}`)
}

/** What every instrument's README says, and what its folder holds. */
const sections = ["Construct", "Fail condition", "Exam", "Statistic", "Controls", "Sources", "Limits"]

const checkInstrument = async ({ path }: WorkspacePackage): Promise<void> => {
  const readme = read(`${path}/README.md`)
  for (const section of sections) {
    if (!readme.includes(`**${section}.**`)) breach(path, `README.md has no section "${section}"`)
  }
  const { default: plugin } = (await import(join(root, path, "src/index.ts"))) as {
    default: { readonly instrument?: Instrument }
  }
  if (plugin.instrument === undefined) {
    breach(path, "is not made by the kit of instruments")
    return
  }
  const { exam } = plugin.instrument
  if (exam === null) {
    breach(path, "cannot examine")
    return
  }
  if (exam._tag === "corrections") return
  for (const id of exam.forms)
    if (!existsSync(join(root, path, `items/${id}.json`))) breach(path, `lacks items/${id}.json`)
  for (const file of globSync("items/*.json", { cwd: join(root, path) })) {
    if (!exam.forms.includes(basename(file, ".json"))) breach(path, `ships ${file} and does not name it`)
  }
  const tests = globSync("test/*.test.ts", { cwd: join(root, path) }).map((file) => read(`${path}/${file}`))
  if (exam._tag === "answers" && !tests.some((text) => text.includes("instrumentContract("))) {
    breach(path, "is not held to the contract of instruments")
  }
}

/** Nothing but a sheet and the room of the two tables names an instrument by its code. */
const roomOfTables = [
  "packages/core/src/InstrumentTable.ts",
  "packages/core/src/BuiltInSheets.ts",
  "packages/core/src/internal/placementTable.ts",
  "packages/core/src/Triage.ts"
]
const namesCode = /(["'`])(?:M[1-5]|B[1-5])\1|\b(?:M[1-5]|B[1-5])\s*:|\.(?:M[1-5]|B[1-5])\b/

const checkCodes = ({ path }: WorkspacePackage): void => {
  if (/^plugins\/(markers|batteries)\//.test(path)) return
  for (const file of globSync("src/**/*.ts", { cwd: join(root, path) })) {
    const where = `${path}/${file}`
    if (roomOfTables.includes(where)) continue
    const code = withoutComments(read(where))
    for (const [index, line] of code.split("\n").entries())
      if (namesCode.test(line)) breach(`${where}:${index + 1}`, "names an instrument by its code")
  }
}

const withoutComments = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ""))
    .replaceAll(/(^|\s)\/\/.*$/gm, "$1")

const checkWords = (): void => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" }).split(
    "\n"
  )
  const host = /registry\.npmjs|npmmirror|pypi\.org|jfrog|verdaccio/i
  for (const file of files) {
    if (!/\.(ts|json|md|ya?ml|py|txt|sh|npmrc)$/.test(file) || basename(file) === "conventions.ts") continue
    if (existsSync(join(root, file)) && host.test(read(file))) breach(file, "names the host of a package registry")
  }
}

for (const entry of workspacePackages) {
  checkImports(entry)
  checkPackage(entry)
  if (entry.path.startsWith("plugins/")) await checkPlugin(entry)
  if (/^plugins\/(markers|batteries)\//.test(entry.path)) await checkInstrument(entry)
  checkCodes(entry)
}
checkWords()

if (process.argv.includes("--arrows")) {
  for (const [path, targets] of arrows) console.log(`${path} -> ${[...targets].sort().join(", ") || "nothing"}`)
}

for (const line of breaches) console.error(line)
console.log(`${workspacePackages.length} packages, ${breaches.length} breaches of convention`)
process.exitCode = breaches.length === 0 ? 0 : 1
