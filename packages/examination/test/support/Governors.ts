import { type Governor, makeGovernor } from "../../src/index.ts"

/** Governs nothing: for tests of what a failed call does to the evidence. */
export const onceOnly = (): Governor => ({ ...makeGovernor(), govern: (examinee) => examinee })
