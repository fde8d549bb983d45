/** All callbacks, by what they listen to. */
import type { App, BlockAction, ButtonAction, GlobalShortcut, MessageShortcut, PlainTextInputAction } from "@slack/bolt"
import { type Action, actions, command, matching, views } from "../cards/index.ts"
import { choose } from "./actions/choose.ts"
import { compare } from "./actions/compare.ts"
import { evidence } from "./actions/evidence.ts"
import { examine } from "./actions/examine.ts"
import { history } from "./actions/history.ts"
import { homeExam } from "./actions/homeExam.ts"
import { homeSearch } from "./actions/homeSearch.ts"
import { homeVerdict } from "./actions/homeVerdict.ts"
import { openReport } from "./actions/openReport.ts"
import { report } from "./actions/report.ts"
import { stopExam } from "./actions/stopExam.ts"
import { unwatch } from "./actions/unwatch.ts"
import { waive } from "./actions/waive.ts"
import { intake } from "./commands/intake.ts"
import { appHomeOpened } from "./events/appHomeOpened.ts"
import { appMention } from "./events/appMention.ts"
import { directMessage } from "./events/directMessage.ts"
import { uninstalled } from "./events/uninstalled.ts"
import type { ButtonPressed, Listening } from "./Listening.ts"
import { messageVerdict } from "./shortcuts/messageVerdict.ts"
import { verdict } from "./shortcuts/verdict.ts"
import { examAsked } from "./views/examAsked.ts"
import { verdictAsked } from "./views/verdictAsked.ts"
import { waiverGiven } from "./views/waiverGiven.ts"

/** `callback_id` of the shortcuts, as manifest.json names them. */
export const shortcuts = { verdict: "verdict.shortcut", messageVerdict: "verdict.message" } as const

export const listen = (app: App, listening: Listening): void => {
  app.command(command, intake(listening))

  const buttons: ReadonlyArray<readonly [Action, (pressed: ButtonPressed) => Promise<void>]> = [
    [actions.evidence, evidence(listening)],
    [actions.history, history(listening)],
    [actions.report, report(listening)],
    [actions.compare, compare(listening)],
    [actions.choose, choose(listening)],
    [actions.exam, examine(listening)],
    [actions.waive, waive(listening)],
    [actions.stopExam, stopExam(listening)],
    [actions.unwatch, unwatch(listening)],
    [actions.openReport, openReport],
    [actions.homeVerdict, homeVerdict(listening)],
    [actions.homeExam, homeExam(listening)]
  ]
  for (const [action, callback] of buttons) app.action<BlockAction<ButtonAction>>(matching(action), callback)
  app.action<BlockAction<PlainTextInputAction>>(actions.homeSearch, homeSearch(listening))

  app.view(views.exam, examAsked(listening))
  app.view(views.waiver, waiverGiven(listening))
  app.view(views.verdict, verdictAsked(listening))

  app.shortcut<GlobalShortcut>(shortcuts.verdict, verdict(listening))
  app.shortcut<MessageShortcut>(shortcuts.messageVerdict, messageVerdict(listening))

  app.event("app_mention", appMention(listening))
  app.event("message", directMessage(listening))
  app.event("app_home_opened", appHomeOpened(listening))
  app.event("app_uninstalled", uninstalled(listening))
}
