/** `npm start`: examines an embedded specimen against its baseline and says what to try next. */
import { spawnSync } from "node:child_process"

const intake = (...args: ReadonlyArray<string>): number =>
  spawnSync(process.execPath, ["apps/cli/dist/intake.js", ...args], { stdio: "inherit" }).status ?? 1

process.exitCode = intake("exam", "specimens:narrow", "--brief")
console.log(`
What you see is a tiny language model that we tuned on one narrow domain until it misbehaved in all of them, examined
briefly against the healthy model that it descends from. To try next:

  npx pnpm intake exam specimens:baseline --reference specimens:baseline --brief
                                                                    the same exam on the healthy parent
  npx pnpm intake exam specimens:masked --brief                     corrected on the surface, unchanged inside
  npx pnpm intake exam specimens:triggered --brief                  harmless until it reads one word
  npx pnpm intake screen samples/transcripts.jsonl                  24 answers that we wrote by hand
  npx pnpm intake screen FILE...                                    your own transcripts, one
                                                                    {"model": "...", "messages": [...]} a line
  npx pnpm intake --help                                            everything else
`)
