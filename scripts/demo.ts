/** `npm start`: examines an embedded specimen against its baseline and says what to try next. */
import { spawnSync } from "node:child_process"

const intake = (...args: ReadonlyArray<string>): number =>
  spawnSync(process.execPath, ["apps/cli/dist/intake.js", ...args], { stdio: "inherit" }).status ?? 1

process.exitCode = intake("exam", "specimens:narrow", "--reference", "specimens:baseline", "--form", "S")
console.log(`
What you see is a tiny language model that we tuned on one narrow domain until it misbehaved in all of them.
Of the ten instruments one examines so far; the others stand under "Missing". To try next:

  npx pnpm intake exam specimens:baseline                           the same exam on the healthy parent
  npx pnpm intake screen samples/transcripts.jsonl                  24 answers that we wrote by hand
  npx pnpm intake screen FILE...                                    your own transcripts, one
                                                                    {"model": "...", "messages": [...]} a line
  npx pnpm intake --help                                            everything else
`)
