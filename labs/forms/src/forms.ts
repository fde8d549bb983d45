/**
 * The twin forms of every instrument in the specimens' language: S of the combinations held out for S1, S2 of those held
 * out for S2. Each instrument's module stands in `instruments/`, named as its plugin.
 */
import { globSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Form } from "@model-intake/core"
import type { FormMaker } from "./draw.ts"

/** Root of the repository. */
export const root = new URL("../../../", import.meta.url)

/** Form ids with their twins, and the combinations they are made of. */
export const twins = [
  { id: "S", twin: "S2", heldOutFor: "S1" },
  { id: "S2", twin: "S", heldOutFor: "S2" }
] as const

/** A form and the file that it belongs in. */
export interface FormFile {
  /** Path from the root of the repository. */
  readonly path: string
  readonly form: Form
  /** The file's content. */
  readonly text: string
}

/**
 * Makes the forms of the plugins named, or of all that have a module, in the order of their folders. Writes nothing; the
 * same modules give the same texts.
 */
export const makeForms = async (names: ReadonlyArray<string> | null = null): Promise<ReadonlyArray<FormFile>> => {
  const folders = globSync("plugins/{markers,batteries}/*", { cwd: fileURLToPath(root) }).sort()
  const modules = new Set(globSync("*.ts", { cwd: fileURLToPath(new URL("instruments", import.meta.url)) }))
  const files: Array<FormFile> = []
  for (const folder of folders) {
    const name = folder.replaceAll("\\", "/").split("/").at(-1)!
    if (!modules.has(`${name}.ts`) || names?.includes(name) === false) continue
    const { instrument, make } = (await import(`./instruments/${name}.ts`)) as FormMaker
    for (const { heldOutFor, id, twin } of twins) {
      const { items, lists } = make(heldOutFor)
      const form: Form = { id, instrument, version: "1", twin, ...(lists === undefined ? {} : { lists }), items }
      const path = `${folder.replaceAll("\\", "/")}/items/${id}.json`
      files.push({ path, form, text: textOf(form) })
    }
  }
  return files
}

/** One item a line: small, and a changed item is a changed line. */
export const textOf = ({ items, ...head }: Form): string =>
  `${JSON.stringify(head).slice(0, -1)},"items":[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]}\n`
