/** Who may examine, waive and watch: people and user groups that the configuration names. Everybody may read. */
import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Right, Settings } from "./Configuration.ts"
import { Installations } from "./Installations.ts"

export interface Person {
  readonly team: string
  readonly user: string
}

export class Access extends Context.Service<
  Access,
  {
    /** A group that Slack does not tell the members of gives nobody a right. */
    readonly may: (person: Person, right: Right) => Effect.Effect<boolean>
  }
>()("@model-intake/slack/Access") {
  static readonly layer: Layer.Layer<Access, never, Settings | Installations> = Layer.effect(
    Access,
    Effect.suspend(() => make)
  )
}

/** What is denied, and how the right is got: the two sentences of a refusal. */
export const refusalOf = (right: Right): { readonly action: string; readonly how: string } => ({
  action: actions[right],
  how: `Ask whoever runs this bot to add you to “${right}” under “people” in its configuration. Asking for verdicts is open to everybody.`
})

const actions: Readonly<Record<Right, string>> = {
  examine: "start or stop exams here",
  waive: "give waivers here",
  watch: "set or end watches here"
}

/** Members of a group may change; they are asked for again after this time. */
const membersKept = "5 minutes"

const make = Effect.gen(function* () {
  const { people } = yield* Settings
  const installations = yield* Installations
  const members = yield* Cache.make({
    capacity: 1000,
    timeToLive: membersKept,
    lookup: Effect.fnUntraced(function* (key: string) {
      const [team = "", usergroup = ""] = key.split("/")
      const client = yield* installations.clientFor(team)
      const { users = [] } = yield* Effect.tryPromise(() => client.usergroups.users.list({ usergroup, team_id: team }))
      return new Set(users)
    })
  })
  const isMember = (team: string, group: string, user: string) =>
    Cache.get(members, `${team}/${group}`).pipe(
      Effect.map((users) => users.has(user)),
      Effect.catch(() =>
        Effect.as(
          Effect.logWarning(`The members of user group ${group} cannot be read: the scope usergroups:read is needed`),
          false
        )
      )
    )
  return Access.of({
    may: Effect.fn("Access.may")(function* ({ team, user }, right) {
      const named = people[right]
      if (named.includes("*") || named.includes(user)) return true
      const groups = named.filter((id) => id.startsWith("S"))
      for (const group of groups) if (yield* isMember(team, group, user)) return true
      return false
    })
  })
})
