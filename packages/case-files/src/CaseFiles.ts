/**
 * Case files as a service: everything known of every subject, in SQLite or Postgres. What is recorded goes into the
 * verdict log, signed and chained, and is only ever read back from there after a check of digest and signature.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { CaseFilesError } from "./CaseFilesError.ts"
import type { CaseFilesOptions, CaseFilesService } from "./CaseFilesService.ts"
import { makeMemory, makePostgres, makeSqlite } from "./internal/Stores.ts"

export type { CaseFilesOptions, CaseFilesService, GateAnswer, GateRequest, WaiverRequest } from "./CaseFilesService.ts"

export class CaseFiles extends Context.Service<CaseFiles, CaseFilesService>()("@model-intake/case-files/CaseFiles") {
  /** One file, made with its folder on first use. */
  static readonly layerSqlite = (path: string, options: CaseFilesOptions): Layer.Layer<CaseFiles, CaseFilesError> =>
    Layer.effect(CaseFiles, makeSqlite(path, options))

  /** A database for several writers: `postgres://user:password@host:port/database`. */
  static readonly layerPostgres = (url: string, options: CaseFilesOptions): Layer.Layer<CaseFiles, CaseFilesError> =>
    Layer.effect(CaseFiles, makePostgres(url, options))

  /** Gone with the process, and so is its key. */
  static readonly layerMemory: Layer.Layer<CaseFiles, CaseFilesError> = Layer.effect(CaseFiles, makeMemory)
}
