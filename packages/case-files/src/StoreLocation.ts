/** Where case files are kept unless somebody says otherwise. */
import { join } from "node:path"
import { dataDirectory } from "@model-intake/core"
import type * as Layer from "effect/Layer"
import { CaseFiles, type CaseFilesOptions } from "./CaseFiles.ts"
import type { CaseFilesError } from "./CaseFilesError.ts"

/** The SQLite file of the store, in the data folder unless another one is given. */
export const storeFile = (directory: string = dataDirectory()): string => join(directory, "case-files.sqlite")

/** The file of the key that signs, in the data folder unless another one is given. */
export const signingKeyFile = (directory: string = dataDirectory()): string => join(directory, "signing-key.pem")

/** Whether a store is named by its address rather than its path: `postgres://` or `postgresql://`. */
export const isPostgres = (store: string): boolean => /^postgres(ql)?:/i.test(store)

/** The store that `--store` names: the address of a Postgres database, else an SQLite file. */
export const layerStore = (store: string, options: CaseFilesOptions): Layer.Layer<CaseFiles, CaseFilesError> =>
  isPostgres(store) ? CaseFiles.layerPostgres(store, options) : CaseFiles.layerSqlite(store, options)
