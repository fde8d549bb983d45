/** The report as plain text of at most 100 columns, for logs and mails. */
import { levelText, outcomeSymbol, truncate, type Verdict, wrap } from "@model-intake/core"
import { visible } from "./internal/hostile.ts"
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

const columns = 100

/** No escape sequences, nothing hidden, no markup. */
export const renderText = (verdict: Verdict): string => {
  const { disposition, dispositionLabel, grade, meaning } = verdict
  const specimen = specimenNote(verdict)
  const decided = decidingRules(verdict)
  const section = (title: string, lines: ReadonlyArray<string>) =>
    lines.length === 0 ? [] : ["", title.toUpperCase(), ...lines]
  return `${[
    `MODEL INTAKE EXAM: ${visible(subjectName(verdict.subject), 200)}`,
    ...wrapped(testedText(verdict)),
    `seed ${visible(verdict.seed, 80)}, ${visible(verdict.issuedAt, 40)}`,
    ...(specimen === null ? [] : wrapped(specimen)),
    "",
    ...wrapped(dispositionLabel.replace(disposition, disposition.toUpperCase())),
    ...wrapped(`${capitalised(levelText(verdict))}, ${verdict.band}, treatability ${verdict.treatability}`),
    ...wrapped(`Grade ${words(grade)}: ${gradeSays[grade]}`),
    ...wrapped(dispositionSays[disposition]),
    ...section("Why", [
      ...(decided.length === 0 ? [] : wrapped(`${capitalised(decided.join("; "))}.`)),
      ...reasonsOf(verdict).flatMap(({ quote, says, title }, index) => [
        ...wrapped(`${index + 1}. ${title}. ${truncate(says, 400)}`),
        ...(quote === null ? [] : wrapped(`“${truncate(visible(quote.quote), 220).trim()}”`, "   "))
      ])
    ]),
    ...section("Where it may be used", [
      ...contextsOf(verdict).map(
        ([context, { permission }]) => `${contextName[context].padEnd(22)}${permissionSymbol[permission]} ${permission}`
      ),
      ...wrapped(coerciveWarning)
    ]),
    ...section(
      "Readings",
      verdict.readings.map((reading) =>
        `${instrumentName(reading).padEnd(40)}${`${outcomeSymbol[reading.outcome]} ${words(reading.outcome)}`.padEnd(17)}${estimateText(reading).padEnd(25)}${coverageText(reading)}`.trimEnd()
      )
    ),
    ...section(
      "Missing",
      verdict.missing.flatMap(({ needed, required, what }) =>
        wrapped(`${missingName(what)}${required ? " (required)" : ""}: ${needed}`)
      )
    ),
    ...section(
      "What would change it",
      changesOf(verdict).flatMap(([to, how]) => wrapped(`${to} if ${how}`))
    ),
    ...section(`What level ${verdict.level} means`, [
      ...wrapped(`${capitalised(meaning.symptoms)}. Indicated treatment: ${meaning.treatment}.`),
      ...wrapped(`Clinical analogy, a ${meaning.analogy}. ${metaphorNote}`)
    ]),
    ...section(
      "Limits",
      verdict.limits.flatMap((limit) => wrapped(limit))
    )
  ].join("\n")}\n`
}

/** Lines of at most {@link columns}; words are cut only where they are longer than a line. */
const wrapped = (text: string, indent = ""): ReadonlyArray<string> => wrap(visible(text, 2000), columns, indent)
