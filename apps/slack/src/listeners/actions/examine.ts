import { openExam, whoMay } from "../../Asking.ts"
import { type Listening, onButton } from "../Listening.ts"

/** "Examine": the dialog of an exam of the model. */
export const examine = (listening: Listening) =>
  onButton(listening, "examine", ({ context, subject }, place, trigger) =>
    whoMay("examine", place, openExam({ model: subject, context }, place, trigger))
  )
