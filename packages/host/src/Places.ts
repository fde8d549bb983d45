/** Where the applications of one machine keep things unless somebody says otherwise: all in the data folder. */
import { join } from "node:path"
import { dataDirectory } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { loadCaseFiles } from "./CaseStore.ts"

/** The journal of exams. */
export const journalFile = (): string => join(dataDirectory(), "journal.sqlite")

/** The folder of accreditations that were measured here. */
export const accreditationsFolder = (): string => join(dataDirectory(), "accreditations")

/** The SQLite file of the case files. */
export const storeFile: Effect.Effect<string> = Effect.map(loadCaseFiles, (library) => library.storeFile())

/** The key that signs what is recorded; it is made with the first record. */
export const signingKeyFile: Effect.Effect<string> = Effect.map(loadCaseFiles, (library) => library.signingKeyFile())
