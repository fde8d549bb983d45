import { openWaiver, whoMay } from "../../Asking.ts"
import { type Listening, onButton } from "../Listening.ts"

/** "Waive": the dialog of a waiver for the model. */
export const waive = (listening: Listening) =>
  onButton(listening, "waive", ({ context, subject }, place, trigger) =>
    whoMay("waive", place, openWaiver({ model: subject, context }, place, trigger))
  )
