/** The JSON Schemas (draft 2020-12) of every document that crosses a boundary, under the names they are published as. */
import * as Schema from "effect/Schema"
import { AttestedSummary } from "./Activations.ts"
import { formJsonSchema } from "./Item.ts"
import { Lineage } from "./Lineage.ts"
import { pluginManifestSchema } from "./Plugin.ts"
import { Policy } from "./Policy.ts"
import { StoredAccreditations } from "./Rater.ts"
import { Rating } from "./Rating.ts"
import { ReferenceBundle } from "./ReferenceBundle.ts"
import { ScreeningReport } from "./ScreeningReport.ts"
import { verdictJsonSchema } from "./Verdict.ts"
import { Wrapper } from "./Wrapper.ts"

type JsonSchema = Readonly<Record<string, unknown>>

const documentSchema = (title: string, document: Schema.Top): JsonSchema => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(document)
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title, ...schema, $defs: definitions }
}

/** By file name without `.json`: `verdict`, `form`, `lineage` and so on. */
export const jsonSchemas = (): Readonly<Record<string, JsonSchema>> => ({
  accreditations: documentSchema("Stored accreditations of a rater", StoredAccreditations),
  "attested-summary": documentSchema("Attested latent coordinates", AttestedSummary),
  form: formJsonSchema(),
  lineage: documentSchema("Lineage of a subject", Lineage),
  "plugin-manifest": pluginManifestSchema,
  policy: documentSchema("Policy", Policy),
  rating: documentSchema("Rating of one answer", Rating),
  "reference-bundle": documentSchema("Reference bundle", ReferenceBundle),
  "screening-report": documentSchema("Screening report", ScreeningReport),
  verdict: verdictJsonSchema(),
  wrapper: documentSchema("Wrapper around a subject", Wrapper)
})
