import type { ButtonPressed } from "../Listening.ts"

/** Slack opens the address itself and wants no more than an acknowledgement. */
export const openReport = async ({ ack }: ButtonPressed): Promise<void> => {
  await ack()
}
