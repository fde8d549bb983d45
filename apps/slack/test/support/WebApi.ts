/** Methods of Slack's Web API, as far as the bot may call them, and the scopes they need. */
import { messageProblems, viewProblems } from "./Limits.ts"
import { type Json, jsonOf, listOf, type OpenedView, type PostedMessage, type Workspace } from "./Workspace.ts"

export type Method = (args: Json, team: string) => Json

/** Scopes of the methods; a list holds those of which one is enough. Reading a conversation needs the one of its kind. */
const scopesOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  "chat.postMessage": ["chat:write"],
  "chat.postEphemeral": ["chat:write"],
  "chat.update": ["chat:write"],
  "chat.delete": ["chat:write"],
  "files.getUploadURLExternal": ["files:write"],
  "files.completeUploadExternal": ["files:write"],
  "users.info": ["users:read"],
  "usergroups.users.list": ["usergroups:read"],
  "conversations.info": ["channels:read", "groups:read", "im:read", "mpim:read"],
  "conversations.members": ["channels:read", "groups:read", "im:read", "mpim:read"],
  "conversations.open": ["im:write", "mpim:write"]
}

const historyScope = (channel: unknown): string => (/^D/.test(String(channel)) ? "im:history" : "channels:history")

const triggerMs = 3000

/** The scope that a call lacks, or null. */
export const missingScope = (method: string, args: Json, scopes: ReadonlyArray<string>): string | null => {
  const enough = method === "conversations.replies" ? [historyScope(args.channel)] : (scopesOf[method] ?? scopes)
  return enough.some((scope) => scopes.includes(scope)) ? null : (enough[0] ?? null)
}

/** @param base address that files are uploaded to */
export const webApi = (workspace: Workspace, base: () => string): Readonly<Record<string, Method>> => {
  const { files, isOpen, messages, next, note, privateMessages, problems, stamp, triggers, views } = workspace
  const take = (view: unknown, user: string | null, where: string) => {
    const given = jsonOf(view)
    note(where, viewProblems(given))
    const opened: OpenedView = { id: `V${next()}`, user, view: given }
    views.push(opened)
    return { ok: true, view: { id: opened.id, hash: String(views.length), ...given } }
  }

  return {
    "auth.test": (_args, team) => ({
      ok: true,
      team_id: team,
      team,
      user: "intake",
      user_id: "UBOT",
      bot_id: "BBOT",
      url: "https://example.slack.com/"
    }),
    "chat.postMessage": (args, team) => {
      // A message to a person goes into the conversation with that person.
      const channel = String(args.channel).replace(/^U/, "DU")
      if (!isOpen(channel)) return { ok: false, error: "not_in_channel" }
      const message = messageOf(args, team, channel, stamp())
      if (
        message.thread !== null &&
        !messages.some(({ ts }) => ts === message.thread) &&
        !message.thread.startsWith("100.")
      ) {
        problems.push(`chat.postMessage: there is no thread ${message.thread}`)
      }
      note("chat.postMessage", messageProblems({ ...args, blocks: message.blocks }))
      messages.push(message)
      return { ok: true, channel, ts: message.ts, message: { text: message.text } }
    },
    "chat.update": (args) => {
      const message = messages.find(({ channel, ts }) => ts === args.ts && channel === args.channel)
      if (message === undefined) return { ok: false, error: "message_not_found" }
      message.text = String(args.text ?? "")
      message.blocks = listOf(args.blocks)
      message.edits++
      note("chat.update", messageProblems({ ...args, blocks: message.blocks }))
      return { ok: true, channel: message.channel, ts: message.ts, text: message.text }
    },
    "chat.postEphemeral": (args) => {
      const channel = String(args.channel)
      if (!isOpen(channel)) return { ok: false, error: "not_in_channel" }
      const blocks = listOf(args.blocks)
      note("chat.postEphemeral", messageProblems({ ...args, blocks }))
      privateMessages.push({ channel, user: String(args.user), text: String(args.text ?? ""), blocks })
      return { ok: true, message_ts: stamp() }
    },
    "views.open": (args) => {
      const trigger = triggers.get(String(args.trigger_id))
      const late = trigger !== undefined && performance.now() - trigger.at > triggerMs
      const error =
        trigger === undefined
          ? "invalid_trigger_id"
          : trigger.used
            ? "exchanged_trigger_id"
            : late
              ? "expired_trigger_id"
              : null
      if (error !== null) {
        problems.push(`views.open: ${error}`)
        return { ok: false, error }
      }
      trigger!.used = true
      return take(args.view, null, "views.open")
    },
    "views.update": (args) => take(args.view, null, "views.update"),
    "views.publish": (args) => take(args.view, String(args.user_id), "views.publish"),
    "files.getUploadURLExternal": (args) => {
      const id = `F${next()}`
      files.push({
        id,
        name: String(args.filename),
        altText:
          args.alt_txt === undefined && args.alt_text === undefined ? null : String(args.alt_txt ?? args.alt_text),
        bytes: Buffer.alloc(0),
        channel: null,
        thread: null
      })
      return { ok: true, file_id: id, upload_url: `${base()}/upload/${id}` }
    },
    "files.completeUploadExternal": (args) => {
      for (const given of listOf(args.files)) {
        const file = files.find(({ id }) => id === given.id)
        if (file === undefined || file.bytes.length === 0) return { ok: false, error: "file_not_found" }
        file.channel = args.channel_id === undefined ? null : String(args.channel_id)
        file.thread = args.thread_ts === undefined ? null : String(args.thread_ts)
      }
      return { ok: true, files: listOf(args.files) }
    },
    "conversations.open": (args) => ({ ok: true, channel: { id: `D${String(args.users)}` } }),
    "conversations.info": (args) =>
      isOpen(String(args.channel))
        ? { ok: true, channel: { id: args.channel, name: "general", is_member: true, is_channel: true } }
        : { ok: false, error: "channel_not_found" },
    "conversations.replies": (args) => ({
      ok: true,
      messages: messages
        .filter(({ channel, thread, ts }) => channel === args.channel && (thread === args.ts || ts === args.ts))
        .map(({ metadata, text, ts }) => ({ ts, text, ...(metadata === null ? {} : { metadata }) }))
    }),
    "users.info": (args) => ({
      ok: true,
      user: { id: args.user, name: "ada", real_name: "Ada Lovelace", profile: { real_name: "Ada Lovelace" } }
    }),
    "usergroups.users.list": () => ({ ok: true, users: ["UGROUP"] })
  }
}

const messageOf = (args: Json, team: string, channel: string, ts: string): PostedMessage => ({
  team,
  channel,
  ts,
  thread: args.thread_ts === undefined ? null : String(args.thread_ts),
  broadcast: args.reply_broadcast === true || args.reply_broadcast === "true",
  metadata: args.metadata === undefined ? null : jsonOf(args.metadata),
  text: String(args.text ?? ""),
  blocks: listOf(args.blocks),
  edits: 0
})
