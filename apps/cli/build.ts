/** Bundles the command line into one entry with lazy chunks. Native parts and tsx stay outside. */
import { rm } from "node:fs/promises"
import { build } from "esbuild"
import { copyPluginData } from "../../scripts/pluginData.ts"

await rm("dist/chunks", { recursive: true, force: true })
await build({
  entryPoints: {
    intake: "src/intake.ts",
    // The runtime starts its worker from the file of this name beside its own chunk.
    "chunks/OnnxWorker": "../../packages/onnx-runtime/src/OnnxWorker.ts"
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  format: "esm",
  platform: "node",
  target: "node22.19",
  minifySyntax: true,
  legalComments: "none",
  external: ["onnxruntime-node", "tsx", "tsx/*"],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module";const require = __createRequire(import.meta.url);'
  }
})
await copyPluginData("dist")
