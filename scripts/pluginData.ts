/** What plugins read at run time: in a bundle it lies beside the chunks, as it lies beside the plugins' own modules. */

import { globSync } from "node:fs"
import { cp, rm } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { root } from "./workspace.ts"

const data = ["raters/linear/weights", "backends/specimens/language.json", "backends/specimens/specimens"]

/**
 * Copies weights, specimens and item forms into a folder. Forms go to `items/<instrument id>`, since a bundle has one
 * folder for all instruments; the folders of plugins bear the ids.
 */
export const copyPluginData = async (target: string): Promise<void> => {
  for (const one of data) await cp(join(root, "plugins", one), join(target, basename(one)), { recursive: true })
  await rm(join(target, "items"), { recursive: true, force: true })
  for (const items of globSync("{markers,batteries}/*/items", { cwd: join(root, "plugins") })) {
    await cp(join(root, "plugins", items), join(target, "items", basename(dirname(items))), { recursive: true })
  }
}
