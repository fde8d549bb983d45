/** What the bot may do in a workspace: the scopes that manifest.json asks for. */
export const scopes: ReadonlyArray<string> = [
  "app_mentions:read",
  "chat:write",
  "commands",
  "files:write",
  "im:history"
]
