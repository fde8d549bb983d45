import { showVerdict } from "../../Home.ts"
import { type Listening, onButton } from "../Listening.ts"

/** "Verdict" of a model in App Home: its card in a dialog. */
export const homeVerdict = (listening: Listening) =>
  onButton(listening, "home-verdict", ({ subject }, place, trigger) => showVerdict(subject, place, trigger))
