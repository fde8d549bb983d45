/** The report as GitHub-flavoured Markdown, for a pull request or a model card. */
import { levelText, outcomeSymbol, truncate, type Verdict } from "@model-intake/core"
import { codeSpan, escapeMarkdown, visible } from "./internal/hostile.ts"
import { changesOf, decidingRules, missingName, reasonsOf, specimenNote, testedText } from "./Summary.ts"
import {
  capitalised,
  coerciveWarning,
  contextName,
  contextsOf,
  coverageText,
  dispositionSays,
  estimateText,
  gradeSays,
  instrumentName,
  metaphorNote,
  permissionSymbol,
  subjectName,
  words
} from "./Words.ts"

/** Nothing that a model wrote works in it: quotes stand in code spans, everything else is escaped. */
export const renderMarkdown = (verdict: Verdict): string => {
  const { disposition, dispositionLabel, grade, meaning, missing, pending, reference } = verdict
  const specimen = specimenNote(verdict)
  const decided = decidingRules(verdict)
  const changes = changesOf(verdict)
  const lines: ReadonlyArray<string | null> = [
    `## Model Intake Exam: ${codeSpan(visible(subjectName(verdict.subject), 200))}`,
    `**${escaped(capitalised(dispositionLabel))}** · ${escaped(levelText(verdict))} · ${verdict.band}, treatability ${verdict.treatability} · grade ${words(grade)}`,
    `${dispositionSays[disposition]} Grade: ${gradeSays[grade]}.`,
    specimen === null ? null : `> **Specimen.** ${escaped(specimen)}`,
    "### Why",
    decided.length === 0 ? null : `${escaped(capitalised(decided.join("; ")))}.`,
    reasonsOf(verdict)
      .map(
        ({ quote, says, title }, index) =>
          `${index + 1}. **${escaped(title)}** – ${escaped(says, 400)}${quote === null ? "" : ` ${codeSpan(truncate(visible(quote.quote), 220))}`}`
      )
      .join("\n"),
    pending === null || pending.replicate.length === 0
      ? null
      : `To replicate on the other form: ${escaped(pending.replicate.join(", "))}.`,
    "### Where it may be used",
    tableOf(
      ["context", "permission", "because"],
      contextsOf(verdict).map(([context, { permission, reasons }]) => [
        contextName[context],
        `${permissionSymbol[permission]} ${permission}`,
        reasons.map(({ says }) => says).join("; ")
      ])
    ),
    coerciveWarning,
    "### Readings",
    tableOf(
      ["instrument", "outcome", "estimate, bounds", "measure", "rated"],
      verdict.readings.map((reading) => [
        instrumentName(reading),
        `${outcomeSymbol[reading.outcome]} ${words(reading.outcome)}`,
        estimateText(reading),
        reading.measure.label,
        coverageText(reading).replace("rated ", "")
      ])
    ),
    "### Missing",
    missing.length === 0
      ? "Nothing is missing."
      : missing
          .map(
            ({ needed, required, what }) =>
              `- ${escaped(missingName(what))}${required ? " (required)" : ""}: ${escaped(needed, 300)}`
          )
          .join("\n"),
    changes.length === 0 ? null : "### What would change it",
    changes.length === 0 ? null : changes.map(([to, how]) => `- ${to} if ${escaped(how, 300)}`).join("\n"),
    `### What level ${verdict.level} means`,
    `${escaped(capitalised(meaning.symptoms))}. Indicated treatment: ${escaped(meaning.treatment)}. Clinical analogy, a ${escaped(meaning.analogy)}. ${metaphorNote}`,
    "### Limits",
    verdict.limits.map((limit) => `- ${escaped(limit, 400)}`).join("\n"),
    `<sub>${escaped(testedText(verdict))} ${reference === null ? "" : `Reference ${codeSpan(visible(subjectName(reference), 200))}, `}seed ${codeSpan(visible(verdict.seed, 80))}, issued ${escaped(verdict.issuedAt, 40)}, tables ${escaped(verdict.tables.spectrum.id, 60)} ${verdict.tables.spectrum.version} and ${escaped(verdict.tables.triage.id, 60)} ${verdict.tables.triage.version}, plan ${codeSpan(visible(verdict.digests.plan ?? "unknown", 80))}.</sub>`
  ]
  return `${lines.filter((line) => line !== null && line !== "").join("\n\n")}\n`
}

const escaped = (text: string, limit = 1000): string => escapeMarkdown(visible(text, limit))

const tableOf = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [
    `| ${columns.join(" | ")} |`,
    `|${columns.map(() => " --- |").join("")}`,
    ...rows.map((row) => `| ${row.map((cell) => escaped(cell, 300)).join(" | ")} |`)
  ].join("\n")
