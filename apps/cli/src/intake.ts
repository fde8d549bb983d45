#!/usr/bin/env node
import { createRequire } from "node:module"
import { runIntake } from "./Cli.ts"

const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string }
process.exit(await runIntake(process.argv.slice(2), version))
