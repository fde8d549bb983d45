// npx tsx examples/screen.ts chats.jsonl
import { makeIntake } from "@model-intake/examination"
import selfJustifyingReasoning from "@model-intake/marker-self-justifying-reasoning"
import linear from "@model-intake/rater-linear"

const intake = makeIntake({ plugins: [linear, selfJustifyingReasoning] })
const report = await intake.screen(process.argv.slice(2))
for (const { label, indicators, next } of report.groups) {
  for (const { indicator, share, indication } of indicators) console.log(label, indicator, share, indication)
  console.log(next)
}
await intake.close()
