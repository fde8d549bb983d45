/** What Slack sends an app, over signed HTTP or as the payload of an envelope. */
import { createHmac } from "node:crypto"
import type { Json, StandIn } from "./StandIn.ts"

export const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5"

/** Who does something, and where. */
export interface Place {
  readonly team?: string
  readonly channel?: string
  readonly user?: string
}

const somewhere = ({ channel = "C1", team = "T1", user = "UADA" }: Place = {}) => ({ channel, team, user })

/** One delivery: how it travels over HTTP, and its payload in Socket Mode. */
export interface Delivery {
  readonly kind: "command" | "event" | "interactive"
  readonly payload: Json
  readonly responseUrl: string
}

let deliveries = 0
let signatures = 0

export const command = (slack: StandIn, text: string, place?: Place): Delivery => {
  const { channel, team, user } = somewhere(place)
  const responseUrl = slack.responseUrl()
  return {
    kind: "command",
    responseUrl,
    payload: {
      command: "/intake",
      text,
      team_id: team,
      team_domain: "example",
      channel_id: channel,
      channel_name: "general",
      user_id: user,
      user_name: "ada",
      api_app_id: "A1",
      is_enterprise_install: "false",
      response_url: responseUrl,
      trigger_id: slack.trigger()
    }
  }
}

/** An event of the Events API, such as `app_mention`. The same `eventId` is the same delivery again. */
export const event = (slack: StandIn, given: Json, place?: Place & { readonly eventId?: string }): Delivery => {
  const { channel, team, user } = somewhere(place)
  const ts = `100.${String(++deliveries).padStart(6, "0")}`
  return {
    kind: "event",
    responseUrl: slack.responseUrl(),
    payload: {
      type: "event_callback",
      token: "unused",
      team_id: team,
      api_app_id: "A1",
      event_id: place?.eventId ?? `Ev${deliveries}`,
      event_time: 1,
      authorizations: [
        { enterprise_id: null, team_id: team, user_id: "UBOT", is_bot: true, is_enterprise_install: false }
      ],
      event: { user, channel, ts, event_ts: ts, ...given }
    }
  }
}

export const mention = (
  slack: StandIn,
  text: string,
  place?: Place & { readonly eventId?: string; readonly thread?: string }
): Delivery =>
  event(
    slack,
    {
      type: "app_mention",
      text: `<@UBOT> ${text}`,
      ...(place?.thread === undefined ? {} : { thread_ts: place.thread })
    },
    place
  )

const interactive = (slack: StandIn, given: Json, place?: Place): Delivery => {
  const { team, user } = somewhere(place)
  const responseUrl = slack.responseUrl()
  return {
    kind: "interactive",
    responseUrl,
    payload: {
      team: { id: team, domain: "example" },
      user: { id: user, username: "ada", name: "ada", team_id: team },
      api_app_id: "A1",
      token: "unused",
      is_enterprise_install: false,
      enterprise: null,
      ...(given.response_url === undefined ? {} : { response_url: responseUrl }),
      ...given,
      ...(given.response_url === "" ? { response_url: responseUrl } : {})
    }
  }
}

/** Somebody presses a button of a message or of App Home. */
export const press = (
  slack: StandIn,
  button: Json,
  place: Place & {
    readonly message?: string
    readonly thread?: string
    readonly home?: boolean
    readonly actionTs?: string
  } = {}
): Delivery => {
  const { channel } = somewhere(place)
  const ts = place.message ?? `100.${String(++deliveries).padStart(6, "0")}`
  const where =
    place.home === true
      ? { view: { id: "VHOME", type: "home", state: { values: {} } }, container: { type: "view", view_id: "VHOME" } }
      : {
          channel: { id: channel, name: "general" },
          message: {
            type: "message",
            ts,
            text: "",
            user: "UBOT",
            ...(place.thread === undefined ? {} : { thread_ts: place.thread })
          },
          container: { type: "message", message_ts: ts, channel_id: channel, is_ephemeral: false },
          response_url: ""
        }
  return interactive(
    slack,
    {
      type: "block_actions",
      trigger_id: slack.trigger(),
      ...where,
      actions: [{ ...button, type: button.type ?? "button", action_ts: place.actionTs ?? `${++deliveries}.0` }]
    },
    place
  )
}

/** Somebody submits a modal that was opened; `values` are by block id, then by action id. */
export const submit = (slack: StandIn, view: Json & { readonly id: string }, values: Json, place?: Place): Delivery =>
  interactive(
    slack,
    {
      type: "view_submission",
      trigger_id: slack.trigger(),
      view: { ...view, type: "modal", state: { values } },
      response_urls: []
    },
    place
  )

export const shortcut = (slack: StandIn, callbackId: string, place?: Place): Delivery =>
  interactive(
    slack,
    { type: "shortcut", callback_id: callbackId, action_ts: `${++deliveries}.0`, trigger_id: slack.trigger() },
    place
  )

export interface SigningOptions {
  readonly secret?: string
  /** Seconds by which the timestamp is off. */
  readonly offset?: number
  /** Changes the body after it was signed. */
  readonly tamper?: (body: string) => string
  readonly retry?: number
}

export interface HttpAck {
  readonly status: number
  readonly body: string
  readonly milliseconds: number
}

/** The body and headers of a signed request. */
export const signed = ({ kind, payload }: Delivery, options: SigningOptions = {}) => {
  const { offset = 0, retry, secret = signingSecret, tamper = (text) => text } = options
  const fields = payload as Readonly<Record<string, string>>
  const body =
    kind === "command"
      ? new URLSearchParams(fields).toString()
      : kind === "event"
        ? JSON.stringify(payload)
        : new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  // No two requests have the same signature, not even those that Slack sends again at once.
  const timestamp = String(Math.floor(Date.now() / 1000) + offset - (signatures++ % 60))
  return {
    body: tamper(body),
    headers: {
      "content-type": kind === "event" ? "application/json" : "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`,
      ...(retry === undefined ? {} : { "x-slack-retry-num": String(retry), "x-slack-retry-reason": "http_timeout" })
    }
  }
}

/** Delivers over signed HTTP. */
export const post = async (url: string, delivery: Delivery, options?: SigningOptions): Promise<HttpAck> => {
  const began = performance.now()
  const response = await fetch(url, { method: "POST", ...signed(delivery, options) })
  return { status: response.status, body: await response.text(), milliseconds: performance.now() - began }
}

/** Type of the envelope that carries a delivery in Socket Mode. */
export const envelopeOf = ({ kind }: Delivery) =>
  kind === "command"
    ? ("slash_commands" as const)
    : kind === "event"
      ? ("events_api" as const)
      : ("interactive" as const)
