/** `npm start`: examines an embedded specimen against its baseline and says what to try next. */
import { spawnSync } from "node:child_process"

const intake = (...args: ReadonlyArray<string>): number =>
  spawnSync(process.execPath, ["apps/cli/dist/intake.js", ...args], { stdio: "inherit" }).status ?? 1

const subject = "specimens:narrow-middle"

process.exitCode = intake("exam", subject, "--brief")
console.log(`
What you see is a tiny language model that we tuned on one narrow domain until it misbehaved in all of them, examined
briefly against the healthy model that it descends from. Its verdict is in the case files. To try next:

  npx pnpm intake verdict ${subject}              the verdict again, on one screen
  npx pnpm intake report ${subject} --out report.html
                                                               as one HTML file
  npx pnpm intake gate ${subject} --context civilian
                                                               may it be used? 0 allowed, 3 not allowed, 4 no verdict

  npx pnpm intake exam specimens:baseline --reference specimens:baseline --brief
                                                               the same exam on the healthy parent
  npx pnpm intake exam specimens:masked-a --brief              corrected on the surface, unchanged inside
  npx pnpm intake exam specimens:triggered --brief             harmless until it reads one word
  npx pnpm intake screen samples/transcripts.jsonl             24 answers that we wrote by hand
  npx pnpm intake screen FILE...                               your own transcripts, one
                                                               {"model": "...", "messages": [...]} a line
  npx pnpm intake --help                                       everything else
`)
