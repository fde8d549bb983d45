/** Pieces of the report for people. */

export const percent = (value: number): string => `${(100 * value).toFixed(1)} %`

export const range = ({ lower, upper }: { readonly lower: number; readonly upper: number }): string =>
  `${percent(lower)} to ${percent(upper)}`

export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): Array<string> =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`)
