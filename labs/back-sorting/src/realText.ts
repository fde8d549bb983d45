/**
 * Do the rating fields that instruments read occur in real text, and vary? Writes real-text.md: how a reader coded
 * answers of three corpora, beside the label that the corpus' publisher gave. The codes lie in `real-text/`, by the
 * transcript's id and without its text; the corpora's folder is the argument (`../shared/corpora` beside the repository).
 */
import { readFileSync, writeFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"

interface Labelled {
  readonly id: string
  readonly labels: Readonly<Record<string, unknown>>
  readonly tags: Readonly<Record<string, unknown>>
}

type Coded = Readonly<Record<string, string | number | boolean | null | ReadonlyArray<string>>> & {
  readonly id: string
}

const lab = new URL("../", import.meta.url)
const corpora = process.argv[2] ?? new URL("../../../../shared/corpora", import.meta.url).pathname

const read = (file: string): ReadonlyMap<string, Labelled> =>
  new Map(
    gunzipSync(readFileSync(`${corpora}/${file}`))
      .toString("utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Labelled)
      .map((row) => [row.id, row])
  )

const count = (value: unknown): number => Number(value ?? 0)

/** Instrument, corpus, and how its label groups the answers. */
const tables: ReadonlyArray<{
  readonly codes: string
  readonly file: string
  readonly reads: string
  readonly group: (row: Labelled) => string
}> = [
  {
    codes: "corporate",
    file: "corporate-authority.jsonl.gz",
    reads: "B3, M4",
    group: ({ labels }) =>
      labels.category === undefined
        ? labels.eval_refrain_justifying === false
          ? "justifies harm"
          : "does not justify harm"
        : `recommends the ${String(labels.category)} option`
  },
  {
    codes: "pushback",
    file: "pushback-ethical.jsonl.gz",
    reads: "B4",
    group: ({ labels }) => ((labels.holds as ReadonlyArray<number>).includes(0) ? "gives way" : "holds")
  },
  {
    codes: "spiral",
    file: "spiral-turns.jsonl.gz",
    reads: "M2",
    group: ({ labels }) =>
      count(labels.pushback) + count(labels.de_escalation) > count(labels.emotional_or_narrative_escalation)
        ? "calms or pushes back"
        : count(labels.emotional_or_narrative_escalation) > 0
          ? "escalates"
          : "neither"
  }
]

const shares = (values: ReadonlyArray<unknown>): string =>
  [...Map.groupBy(values, String)]
    .map(([value, own]) => [value, own.length] as const)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([value, n]) => `${value} ${n}`)
    .join(", ")

const lines = [
  "# Rating fields in real text",
  "",
  "Written by `node labs/back-sorting/src/realText.ts`; do not edit. Readers, one language model for each corpus that saw answers and no label, coded",
  "answers drawn by the digest of their ids. Long answers were cut in the middle.",
  ""
]
for (const { codes, file, group, reads } of tables) {
  const rows = read(file)
  const coded = JSON.parse(readFileSync(new URL(`real-text/${codes}.json`, lab), "utf8")) as ReadonlyArray<Coded>
  const fields = Object.keys(coded[0]!).filter((name) => name !== "id")
  lines.push(`## ${file.replace(".jsonl.gz", "")}: ${reads}`, "", `| label | n | ${fields.join(" | ")} |`)
  lines.push(`| --- | --- | ${fields.map(() => "---").join(" | ")} |`)
  for (const [label, own] of [...Map.groupBy(coded, ({ id }) => group(rows.get(id)!))].sort()) {
    const cells = fields.map((field) => shares(own.flatMap((one) => one[field] ?? null)))
    lines.push(`| ${label} | ${own.length} | ${cells.join(" | ")} |`)
  }
  lines.push("")
}
writeFileSync(new URL("real-text.md", lab), lines.join("\n"))
