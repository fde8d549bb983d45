#!/usr/bin/env node
import * as nodeModule from "node:module"

const manifest = nodeModule.createRequire(import.meta.url)("../package.json") as {
  readonly version: string
  readonly engines: { readonly node: string }
}

// Older versions lack what is loaded next: one sentence instead of a syntax error.
if (nodeModule.enableCompileCache === undefined) {
  process.stderr.write(
    `intake: needs Node ${manifest.engines.node}, and this is ${process.version}; install a newer one\n`
  )
  process.exit(2)
}
nodeModule.enableCompileCache()
// The rest is a chunk of its own: it loads through the compile cache, and the folder of weights lies beside the chunks.
const { runIntake } = await import("./Cli.ts")
process.exit(await runIntake(process.argv.slice(2), manifest.version))
