/** What the tests of plugins share: administered rows without a model, and the contract of instruments. */
export * from "./InstrumentContract.ts"
export * from "./Rows.ts"
