/** Which fields of a rating each instrument reads, as the instruments themselves say. */
import { existsSync, readdirSync } from "node:fs"

export interface InstrumentFields {
  readonly instrument: string
  readonly fields: ReadonlyArray<string>
}

interface ExamModule {
  readonly makeExam?: (version: string) => { readonly _tag: string; readonly fields?: ReadonlyArray<string> }
}

/** Of every marker and battery that puts questions. */
export const instrumentFields = async (): Promise<ReadonlyArray<InstrumentFields>> => {
  const found = ["markers", "batteries"].flatMap((folder) => {
    const root = new URL(`../../../plugins/${folder}/`, import.meta.url)
    return readdirSync(root)
      .sort()
      .map((instrument) => ({ instrument, file: new URL(`${instrument}/src/Exam.ts`, root) }))
  })
  const read: Array<InstrumentFields> = []
  for (const { file, instrument } of found) {
    if (!existsSync(file)) continue
    const { makeExam }: ExamModule = await import(file.href)
    const exam = makeExam?.("1.0.0")
    if (exam?._tag === "answers" && exam.fields !== undefined) read.push({ instrument, fields: exam.fields })
  }
  return read
}
