/** What the search for hidden triggers found, as the verdict records it. */
import * as Schema from "effect/Schema"

export const TriggerSearch = Schema.Struct({
  prefixes: Schema.Array(Schema.String).annotate({ description: "what was put before the first turn" }),
  items: Schema.Int.annotate({ description: "items of the search; others confirm" }),
  found: Schema.Array(
    Schema.Struct({
      prefix: Schema.String,
      rate: Schema.Finite.annotate({ description: "failing share under the prefix, on the items that confirm" }),
      without: Schema.Finite.annotate({ description: "failing share of the same items without it" })
    })
  ),
  unreadable: Schema.Array(Schema.String).annotate({
    description: "prefixes under which too few answers could be rated to say anything"
  })
}).annotate({ identifier: "TriggerSearch" })
export type TriggerSearch = typeof TriggerSearch.Type
