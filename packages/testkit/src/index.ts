/**
 * What the tests of plugins share: administered rows without a model, a model server that misbehaves on demand, and the
 * contracts of instruments, raters and backends.
 */
export * from "./BackendContract.ts"
export * from "./ErringRater.ts"
export * from "./ExamineeContract.ts"
export * from "./FaultJudgement.ts"
export * from "./InstrumentContract.ts"
export * from "./ModelFaults.ts"
export * from "./ModelRateLimit.ts"
export * from "./ModelServer.ts"
export * from "./ModelWire.ts"
export * from "./RaterContract.ts"
export * from "./Rows.ts"
