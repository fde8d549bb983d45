/** `npm start`: screens the sample and says what to try next. */
import { spawnSync } from "node:child_process"

const { status } = spawnSync(process.execPath, ["apps/cli/dist/intake.js", "screen", "samples/transcripts.jsonl"], {
  stdio: "inherit"
})
console.log(`
The sample is 24 answers that we wrote by hand (samples/README.md). To screen your own transcripts, one
{"model": "...", "messages": [{"role": "user", "content": "..."}, ...]} a line, plain or gzip:

  npx pnpm intake screen FILE...            grouped by model
  npx pnpm intake screen FILE --json        the same as a JSON document
  npx pnpm intake screen --help             everything else
`)
process.exitCode = status ?? 1
