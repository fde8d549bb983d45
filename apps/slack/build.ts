/** Bundles the bot into one entry with lazy chunks, and the processes that it starts. Native parts stay outside. */
import { rm } from "node:fs/promises"
import { build } from "esbuild"
import { copyPluginData } from "../../scripts/pluginData.ts"

await rm("dist/chunks", { recursive: true, force: true })
await build({
  entryPoints: {
    app: "src/app.ts",
    // Each is looked for by this name beside the chunk that starts it.
    "chunks/ExamWorker": "src/exams/ExamWorker.ts",
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
  external: ["@resvg/resvg-js", "@slack/bolt", "dejavu-fonts-ttf", "onnxruntime-node", "tsx", "tsx/*"],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module";const require = __createRequire(import.meta.url);'
  }
})
await copyPluginData("dist")
