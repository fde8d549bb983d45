/** Which fields of a rating each instrument reads, as the instruments themselves say. */
import { readdirSync } from "node:fs"

export interface InstrumentFields {
  readonly instrument: string
  readonly fields: ReadonlyArray<string>
}

interface PluginModule {
  readonly default: {
    readonly instrument: {
      readonly exam: {
        readonly _tag: string
        readonly predicates?: Readonly<Record<string, { readonly fields: ReadonlyArray<string> }>>
      } | null
    }
  }
}

/** Of every marker and battery that puts questions. */
export const instrumentFields = async (): Promise<ReadonlyArray<InstrumentFields>> => {
  const found = ["markers", "batteries"].flatMap((folder) => {
    const root = new URL(`../../../plugins/${folder}/`, import.meta.url)
    return readdirSync(root)
      .sort()
      .map((instrument) => ({ instrument, file: new URL(`${instrument}/src/index.ts`, root) }))
  })
  const read: Array<InstrumentFields> = []
  for (const { file, instrument } of found) {
    const { default: plugin }: PluginModule = await import(file.href)
    const { exam } = plugin.instrument
    if (exam?._tag !== "answers") continue
    const fields = new Set(Object.values(exam.predicates ?? {}).flatMap((predicate) => predicate.fields))
    read.push({ instrument, fields: [...fields] })
  }
  return read
}
