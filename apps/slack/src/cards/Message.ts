/** What is posted: blocks, and the same in one plain sentence for notifications and screen readers. */
import type { KnownBlock } from "@slack/types"

/** At most 50 blocks; `text` is mrkdwn in which nothing formats, mentions or links. */
export interface Message {
  readonly text: string
  readonly blocks: ReadonlyArray<KnownBlock>
}
