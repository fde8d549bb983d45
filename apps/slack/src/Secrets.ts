/** Tokens and secrets of the Slack app: from the environment, wrapped so that they are never shown. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { UsageError } from "./UsageError.ts"

export type Environment = Readonly<Record<string, string | undefined>>

export interface Secrets {
  /** Of the one workspace; null where there are several. */
  readonly botToken: Redacted.Redacted | null
  /** Opens the connection of Socket Mode; null with HTTP. */
  readonly appToken: Redacted.Redacted | null
  /** Slack signs its requests with it; null in Socket Mode. */
  readonly signingSecret: Redacted.Redacted | null
  /** For installation into several workspaces; null with one. */
  readonly oauth: {
    readonly clientId: string
    readonly clientSecret: Redacted.Redacted
    /** Signs the state of an installation under way; at least 32 characters of one's own choice. */
    readonly stateSecret: Redacted.Redacted
  } | null
}

/** A variable without the spaces around it; null where it is missing or empty. */
export const variable = (environment: Environment, name: string): string | null => environment[name]?.trim() || null

/** Those that the mode needs, each checked for its kind. The sentences name variables, never what is in them. */
export const secretsFrom = Effect.fn("Secrets.from")(function* (
  environment: Environment,
  { mode, several }: { readonly mode: "socket" | "http"; readonly several: boolean }
): Effect.fn.Return<Secrets, UsageError> {
  const required = Effect.fnUntraced(function* (name: keyof typeof kinds) {
    const { begins, pattern, where } = kinds[name]
    const value = variable(environment, name)
    if (value === null) return yield* new UsageError({ message: `${name} is not set; it is ${where}` })
    if (pattern.test(value)) return Redacted.make(value, { label: name })
    return yield* new UsageError({ message: `${name} does not look right: it ${begins}; it is ${where}` })
  })
  return {
    botToken: several ? null : yield* required("SLACK_BOT_TOKEN"),
    appToken: mode === "socket" ? yield* required("SLACK_APP_TOKEN") : null,
    signingSecret: mode === "http" ? yield* required("SLACK_SIGNING_SECRET") : null,
    oauth: several
      ? {
          clientId: Redacted.value(yield* required("SLACK_CLIENT_ID")),
          clientSecret: yield* required("SLACK_CLIENT_SECRET"),
          stateSecret: yield* required("SLACK_STATE_SECRET")
        }
      : null
  }
})

const basic = 'under "Basic Information" of your app on api.slack.com/apps'
const kinds = {
  SLACK_BOT_TOKEN: {
    pattern: /^xoxb-[\w-]+$/,
    begins: "begins with xoxb-",
    where: 'the "Bot User OAuth Token" under "OAuth & Permissions" of your app on api.slack.com/apps'
  },
  SLACK_APP_TOKEN: {
    pattern: /^xapp-[\w-]+$/,
    begins: "begins with xapp-",
    where: `an "App-Level Token" with the scope connections:write, made ${basic}`
  },
  SLACK_SIGNING_SECRET: {
    pattern: /^\S{8,200}$/,
    begins: "has at least 8 characters",
    where: `the "Signing Secret" ${basic}`
  },
  SLACK_CLIENT_ID: {
    pattern: /^[\w.-]{1,100}$/,
    begins: "is made of digits and a dot",
    where: `the "Client ID" ${basic}`
  },
  SLACK_CLIENT_SECRET: {
    pattern: /^\S{8,200}$/,
    begins: "has at least 8 characters",
    where: `the "Client Secret" ${basic}`
  },
  SLACK_STATE_SECRET: {
    pattern: /^\S{32,500}$/,
    begins: "has at least 32 characters",
    where: "a random text of your own, such as openssl rand -hex 32 prints"
  }
} as const
