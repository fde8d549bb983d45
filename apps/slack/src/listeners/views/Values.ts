/** What was entered in a dialog. */
import type { ViewOutput } from "@slack/bolt"

interface Field {
  readonly block: string
  readonly action: string
}

const entered = ({ state }: ViewOutput, { action, block }: Field) => state.values[block]?.[action]

/** A text, number or day; null where nothing was entered. */
export const textIn = (view: ViewOutput, field: Field): string | null => {
  const value = entered(view, field)
  return (value?.value ?? value?.selected_date ?? "").trim() || null
}

/** The value of the option that was chosen; null for none. */
export const choiceIn = (view: ViewOutput, field: Field): string | null =>
  entered(view, field)?.selected_option?.value ?? null

/** Whether an option of check boxes is ticked. */
export const isTicked = (view: ViewOutput, field: Field, value: string): boolean =>
  entered(view, field)?.selected_options?.some((option) => option.value === value) === true
