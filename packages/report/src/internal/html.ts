/** HTML that is escaped unless it says otherwise. */
import { escapeMarkup, visible } from "./hostile.ts"

/** Markup that was escaped already. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

export type HtmlValue = string | number | null | Html | ReadonlyArray<HtmlValue>

/** Template tag: every value is made visible and escaped, except what is `Html` itself; null gives nothing. */
export const html = (strings: TemplateStringsArray, ...values: ReadonlyArray<HtmlValue>): Html =>
  new Html(strings.reduce((markup, string, index) => `${markup}${markupOf(values[index - 1]!)}${string}`))

/** Markup of our own making, taken as it is. Never for text that came from elsewhere. */
export const trusted = (markup: string): Html => new Html(markup)

const markupOf = (value: HtmlValue): string => {
  if (value === null) return ""
  if (value instanceof Html) return value.markup
  if (typeof value === "number") return String(value)
  return typeof value === "string" ? escapeMarkup(visible(value)) : value.map(markupOf).join("")
}
