/** Bundles a program as the command line is shipped, so that no benchmark measures how Node strips types. */
import { mkdtempSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"

interface Esbuild {
  readonly build: (options: Readonly<Record<string, unknown>>) => Promise<unknown>
}

// The command line's own bundler.
const esbuild = createRequire(new URL("../../../apps/cli/package.json", import.meta.url))("esbuild") as Esbuild

/** Bundles a program into a fresh folder; gives the bundle and the folder to remove. */
export const bundle = async (program: URL): Promise<{ readonly file: string; readonly folder: string }> => {
  const folder = mkdtempSync(join(tmpdir(), "intake-bundle-"))
  await esbuild.build({
    entryPoints: [fileURLToPath(program)],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.19",
    minifySyntax: true,
    outExtension: { ".js": ".mjs" },
    external: ["onnxruntime-node", "tsx", "tsx/*"],
    logLevel: "error",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module";const require = __createRequire(import.meta.url);'
    }
  })
  return { file: join(folder, basename(program.pathname).replace(/\.ts$/, ".mjs")), folder }
}
