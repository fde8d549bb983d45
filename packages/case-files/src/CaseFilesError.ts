/** What can go wrong with case files, in one error. */
import * as Schema from "effect/Schema"
import type { SqlError } from "effect/sql/SqlError"

/**
 * - `store`: the database cannot be reached, opened or written
 * - `log`: a record was changed, or its signature is not trusted here; nothing that rests on it may be used
 * - `document`: what was to be recorded is wrong
 * - `key`: the signing key is missing, unsafe or no key
 * - `conflict`: an imported log and the one here part ways
 */
export class CaseFilesError extends Schema.TaggedError<CaseFilesError>()("CaseFilesError", {
  reason: Schema.Literals(["store", "log", "document", "key", "conflict"]),
  message: Schema.String
}) {}

/** A fault of the database in one sentence. `where` is the store without user name and password. */
export const storeFault =
  (where: string) =>
  ({ reason }: SqlError): CaseFilesError =>
    new CaseFilesError({
      reason: "store",
      message: `The store ${where} ${says[reason._tag] ?? `failed (${detail(reason)})`}`
    })

const says: Readonly<Record<string, string>> = {
  AuthenticationError: "refuses the user name or password",
  AuthorizationError: "refuses access; the user needs rights to create and write tables",
  ConnectionError: "cannot be opened or reached; check the path or address",
  LockTimeoutError: "stayed locked by another process; try again"
}

/** The driver's own words are about statements and files; the statement's values are not in them. */
const detail = (reason: SqlError["reason"]): string => {
  const cause = reason.cause instanceof Error ? reason.cause.message : reason._tag
  return cause.replaceAll(/\s+/g, " ").slice(0, 200)
}
