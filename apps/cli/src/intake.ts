#!/usr/bin/env node
import { createRequire, enableCompileCache } from "node:module"

const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string }
enableCompileCache()
// The rest is a chunk of its own: it loads through the compile cache, and the folder of weights lies beside the chunks.
const { runIntake } = await import("./Cli.ts")
process.exit(await runIntake(process.argv.slice(2), version))
