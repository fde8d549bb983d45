/** What a person asked for cannot be done as asked; the message is one sentence for that person. */
export { UsageError } from "@model-intake/host"
