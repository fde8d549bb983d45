/** Item forms for other hands: JSON lines, a table, or a booklet to print. */
import type { Arm, Form, Item } from "@model-intake/core"

export const exportFormats = ["jsonl", "csv", "html"] as const
export type ExportFormat = (typeof exportFormats)[number]

export const exportForms = (forms: ReadonlyArray<Form>, format: ExportFormat): string =>
  format === "jsonl" ? jsonLines(forms) : format === "csv" ? table(forms) : booklet(forms)

const rowsOf = (forms: ReadonlyArray<Form>): ReadonlyArray<{ form: Form; item: Item; arm: Arm }> =>
  forms.flatMap((form) => form.items.flatMap((item) => item.arms.map((arm) => ({ form, item, arm }))))

const jsonLines = (forms: ReadonlyArray<Form>): string =>
  rowsOf(forms)
    .map(({ form, item, arm }) =>
      JSON.stringify({
        form: form.id,
        instrument: form.instrument,
        item: item.id,
        arm: arm.id,
        factors: { ...item.factors, ...arm.factors },
        tags: item.tags,
        system: arm.system,
        turns: arm.turns
      })
    )
    .join("\n")

const table = (forms: ReadonlyArray<Form>): string =>
  [
    ["form", "instrument", "item", "arm", "factors", "tags", "system", "turns"],
    ...rowsOf(forms).map(({ form, item, arm }) => [
      form.id,
      form.instrument,
      item.id,
      arm.id,
      factorsText({ ...item.factors, ...arm.factors }),
      item.tags.join(" "),
      arm.system ?? "",
      arm.turns.join("\n\n")
    ])
  ]
    .map((row) => row.map(cell).join(","))
    .join("\r\n")

/** RFC 4180; a leading sign that a spreadsheet would take for a formula is disarmed. */
const cell = (text: string): string => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`

const factorsText = (factors: Item["factors"]): string =>
  Object.entries(factors)
    .map(([name, value]) => `${name}: ${value}`)
    .join("; ")

const booklet = (forms: ReadonlyArray<Form>): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Item booklet</title>
<style>
:root { color-scheme: light dark; --line: #8886; --dim: #777; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-bottom: 2px solid var(--line); }
article { border-top: 1px solid var(--line); padding: .8rem 0; break-inside: avoid; }
h3 { font-size: 1rem; margin: 0 0 .3rem; } small { color: var(--dim); font-weight: normal; }
p { margin: .4rem 0; white-space: pre-wrap; } .arm { margin: .6rem 0 .6rem 1rem; }
.role { color: var(--dim); font-size: .8rem; display: block; }
nav a { margin-right: 1rem; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } nav { display: none; } h2 { break-before: page; } }
</style>
</head>
<body>
<h1>Item booklet</h1>
<nav>${forms.map((form) => `<a href="#${escaped(sectionOf(form))}">${escaped(form.instrument)} ${escaped(form.id)}</a>`).join("")}</nav>
${forms.map(section).join("\n")}
</body>
</html>`

const sectionOf = ({ id, instrument }: Form): string => `${instrument}-${id}`

const section = (form: Form): string =>
  `<section id="${escaped(sectionOf(form))}"><h2>${escaped(form.instrument)}, form ${escaped(form.id)} <small>version ${escaped(form.version)}, ${form.items.length} items</small></h2>
${form.items.map(article).join("\n")}
</section>`

const article = (item: Item): string =>
  `<article><h3>${escaped(item.id)} <small>${escaped([factorsText(item.factors), ...item.tags].filter((part) => part !== "").join("; "))}</small></h3>
${item.arms.map(armText).join("\n")}
</article>`

const armText = ({ factors, id, system, turns }: Arm): string =>
  `<div class="arm"><small>${escaped([id, factorsText(factors)].filter((part) => part !== "").join(": "))}</small>
${system === null ? "" : `<p><span class="role">system</span>${escaped(system)}</p>`}${turns.map((turn) => `<p><span class="role">user</span>${escaped(turn)}</p>`).join('<p class="role">(the subject answers)</p>')}</div>`

/** A form from elsewhere is foreign text too. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(/[^\P{Cc}\n]/gu, "")
