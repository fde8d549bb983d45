/** Writes report.md from the exams of every training seed that is there. */
import { globSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type Examined, report } from "./report.ts"

const folder = fileURLToPath(new URL("..", import.meta.url))
const exams = globSync("seed-*.json", { cwd: folder })
  .sort()
  .flatMap((file) => JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as ReadonlyArray<Examined>)
const families = [...new Set(exams.map(({ family, size }) => `${family} (${size})`))]
writeFileSync(
  `${folder}/report.md`,
  `# Known groups\n\n${exams.length} exams on form S with replication: ${families.join(", ")}. Made by \`src/tabulate.ts\`. FAIL, border(line), n/e not evaluable, n/i not indicated; ✗ marks what was not expected.\n\n${report(exams)}\n`
)
