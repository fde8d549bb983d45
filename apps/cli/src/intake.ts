#!/usr/bin/env node
import * as nodeModule from "node:module"
import { setFlagsFromString } from "node:v8"

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
// An exam makes much that is soon gone: letting the heap grow in smaller steps takes a third less memory and no more time.
setFlagsFromString("--heap-growing-percent=50")
// The rest is a chunk of its own: it loads through the compile cache, and the folder of weights lies beside the chunks.
const { runIntake } = await import("./Cli.ts")
process.exit(await runIntake(process.argv.slice(2), manifest.version))
