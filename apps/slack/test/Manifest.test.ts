import { describe, expect, it } from "vitest"
import manifest from "../manifest.json" with { type: "json" }
import { command } from "../src/cards/index.ts"
import { shortcuts } from "../src/listeners/index.ts"
import { scopes } from "../src/Scopes.ts"

describe("manifest.json", () => {
  it("names what the bot listens to, and asks for nothing more", () => {
    expect(manifest.features.slash_commands.map((each) => each.command)).toEqual([command])
    expect(manifest.features.shortcuts.map((each) => each.callback_id)).toEqual(Object.values(shortcuts))
    expect(manifest.oauth_config.scopes.bot).toEqual(scopes)
    expect(manifest.settings).toMatchObject({ socket_mode_enabled: true, org_deploy_enabled: false })
  })

  it("keeps Slack's limits", () => {
    const { description, long_description, name } = manifest.display_information
    expect(name.length).toBeLessThanOrEqual(35)
    expect(description.length).toBeLessThanOrEqual(140)
    expect(long_description.length).toBeGreaterThanOrEqual(174)
    expect(long_description.length).toBeLessThanOrEqual(4000)
    for (const shortcut of manifest.features.shortcuts) {
      expect(shortcut.name.length).toBeLessThanOrEqual(24)
      expect(shortcut.description.length).toBeLessThanOrEqual(150)
    }
  })
})
