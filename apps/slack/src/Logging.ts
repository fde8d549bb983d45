/** The bot's log: one JSON object a line on standard output, without anything that looks like a token. */
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"

/** Slack's tokens by their beginning, and user and password of an address. */
export const withoutSecrets = (line: string): string =>
  line.replaceAll(/\bx(ox[a-z]|app)(-[\w-]+|e\.[\w.-]+)/g, "x$1-…").replaceAll(/:\/\/[^\s/@"]+@/g, "://…@")

export const jsonLogs: Layer.Layer<never> = Logger.layer([
  Logger.withConsoleLog(Logger.map(Logger.formatJson, withoutSecrets))
])
