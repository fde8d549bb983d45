/**
 * Regenerates the weights of the linear rater and the report on them, byte for byte.
 *
 * `node src/train.ts [folder of the corpora]`
 */
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename } from "node:path"
import { fileURLToPath } from "node:url"
import { makeLinearModel } from "../../../plugins/raters/linear/src/Model.ts"
import {
  type AxisId,
  axisIds,
  encodeLexicon,
  type Manifest,
  sha256,
  weightsFormat
} from "../../../plugins/raters/linear/src/Weights.ts"
import { accreditFields } from "./accredit.ts"
import { fitAdrift } from "./adrift.ts"
import { axisPlans } from "./axes.ts"
import { constraintCarriedOver } from "./carryOver.ts"
import { Corpora, lastAnswer, readContrasts } from "./corpora.ts"
import { crossFitAxis } from "./crossFitted.ts"
import { DesignSpace } from "./design.ts"
import { benignAnswers, benignFile, contrastRows } from "./examples.ts"
import { benignFlags, collapse, inRealText, ruleMeasures } from "./fields.ts"
import type { Companions } from "./fit.ts"
import { instrumentFields } from "./instruments.ts"
import { wordMeanings } from "./meaning.ts"
import { quantise } from "./quantise.ts"
import { writeReport } from "./report.ts"
import { shortAnswers } from "./short.ts"
import { fitTopic, topicCentre } from "./topic.ts"
import { flaggedElsewhere, relatedAreas } from "./transfer.ts"
import { countVocabulary } from "./vocabulary.ts"

const version = "0.1.0"

/** Words seen less often than this in all corpora are unknown. */
const fewestOccurrences = 5
const meaningDimensions = 128
const meaningScale = 5

/** An answer is rated from eight known words on, where they hold at least 60 % of its letters. */
const fewestKnownWords = 8
const smallestKnownShare = 0.6

/** Every file whose words count; role sweeps repeat themselves, so every other transcript of theirs is enough. */
const textFiles: ReadonlyArray<readonly [file: string, stride: number]> = [
  ["em-organisms.jsonl", 1],
  ["em-role-sweep.jsonl.gz", 2],
  ["benign-instructions.jsonl.gz", 1],
  ["pushback-ethical.jsonl.gz", 1],
  ["pushback-false-premise.jsonl.gz", 1],
  ["pushback-debate.jsonl.gz", 1],
  ["spiral-turns.jsonl.gz", 1],
  ["moral-sycophancy.jsonl", 1],
  ["corporate-authority.jsonl.gz", 1],
  ["science-certainty.jsonl", 1],
  ["shock-obedience.jsonl.gz", 1]
]

const here = (path: string): URL => new URL(path, import.meta.url)
const started = performance.now()
const progress = (step: string): void =>
  console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${step}`)

const corpora = new Corpora(process.argv[2] ?? fileURLToPath(here("../../../../shared/corpora")))
const contrastsFile = here("../data/contrasts.tsv")
const contrasts = readContrasts(contrastsFile)

progress("reading")
const texts = [
  ...new Set([
    ...textFiles.flatMap(([file, stride]) =>
      corpora
        .read(file)
        .filter((_, index) => index % stride === 0)
        .flatMap(({ messages }) => messages.filter(({ role }) => role !== "system").map(({ content }) => content))
    ),
    ...contrasts.flatMap(({ misaligned, aligned }) => [misaligned, aligned])
  ])
]
const vocabulary = countVocabulary(texts, fewestOccurrences)
progress(`meanings of ${vocabulary.hashes.length} words from ${texts.length} texts`)
const space = new DesignSpace(vocabulary, wordMeanings(texts, vocabulary, meaningDimensions), meaningScale)
const decisionsFile = here("../data/decisions.tsv")
const shorts = shortAnswers(corpora, [...contrasts, ...readContrasts(decisionsFile)], space)
const companions: Companions = { contrasts: contrastRows(contrasts, space), benign: benignAnswers(corpora, space) }

const fitted = axisPlans.map((plan) => {
  progress(`${plan.id}: cross-fitting`)
  const own = plan.withShort === true ? { ...companions, benign: [...companions.benign, ...shorts] } : companions
  return crossFitAxis(plan, corpora, own, space)
})
progress("what carries over to another source")
const carriedOver = constraintCarriedOver(corpora, companions, space)

progress("writing weights")
const shipped = fitted.flatMap((axis) => {
  const id = axisIds.find((one) => one === axis.id)
  return id === undefined ? [] : [{ ...axis, id }]
})
const { lexicon, scales } = quantise(
  shipped.map(({ coefficients }) => coefficients),
  space
)
const content = encodeLexicon(lexicon)
const centre = topicCentre(corpora.read(benignFile).map(lastAnswer), vocabulary, lexicon.vectors)
const manifestWith = (parts: Pick<Manifest, "topic" | "adrift" | "accreditations">, rules = false): Manifest => ({
  format: weightsFormat,
  id: "linear",
  version,
  words: vocabulary.hashes.length,
  fewestKnownWords,
  smallestKnownShare,
  axes: shipped.map(({ id, threshold, lowThreshold, coefficients, calibration, peak }, axis) => ({
    id,
    // Above every probability: what is left is what the rules say.
    threshold: rules ? 2 : threshold,
    ...(lowThreshold === undefined ? {} : { lowThreshold }),
    scales: scales[axis]!,
    bias: Number(coefficients.bias.toPrecision(8)),
    peak,
    calibration
  })),
  ...parts,
  lexicon: { file: "lexicon.bin", bytes: content.length, sha256: sha256(content) }
})
const modelOf = (manifest: Manifest, digest = "") => makeLinearModel({ manifest, lexicon, digest })
const nothing = { coefficients: [0, 0, 1], threshold: 0.9999 } as const
const unfitted = manifestWith({
  topic: { centre, coefficients: [0, 0, 0, 0, 0, 0], threshold: 1 },
  adrift: nothing,
  accreditations: []
})
progress("off topic")
const topicFit = fitTopic(modelOf(unfitted), corpora)
const topic = { centre, coefficients: topicFit.coefficients, threshold: topicFit.threshold }
const topicModel = modelOf(manifestWith({ topic, adrift: nothing, accreditations: [] }))
const adriftFit = fitAdrift(fitted.find(({ id }) => id === "adrift")!, topicModel, corpora)
const adrift = { coefficients: adriftFit.coefficients, threshold: adriftFit.threshold }
progress("accrediting")
const rules = modelOf(manifestWith({ topic, adrift: nothing, accreditations: [] }, true))
const fields = accreditFields({ fitted, rules, adrift: adriftFit, corpora })
const manifest = manifestWith({
  topic,
  adrift,
  accreditations: fields.filter(({ accredits }) => accredits).map(({ accreditation }) => accreditation)
})
const weights = here("../../../plugins/raters/linear/weights/")
mkdirSync(weights, { recursive: true })
const manifestText = `${JSON.stringify(manifest, null, 2)}\n`
writeFileSync(new URL("lexicon.bin", weights), content)
writeFileSync(new URL("manifest.json", weights), manifestText)

progress("measuring what ships")
const model = modelOf(manifest, `sha256:${sha256(manifestText)}`)
writeReport(here("../"), {
  version,
  digest: model.digest,
  bytes: content.length + manifestText.length,
  words: manifest.words,
  axes: Object.fromEntries(
    fitted.map(({ id, figures }) => [
      id,
      {
        ...figures,
        ...(shipped.some((axis) => axis.id === id)
          ? {
              flaggedElsewhere: flaggedElsewhere(model, corpora, id as AxisId, figures.threshold),
              related: relatedAreas(model, corpora, id as AxisId)
            }
          : {})
      }
    ])
  ),
  topic: { ...topicFit.figures, threshold: topic.threshold },
  adrift: { ...adriftFit.figures, ...adrift },
  fields,
  carriedOver,
  instruments: await instrumentFields(),
  rules: ruleMeasures(model, corpora),
  benign: benignFlags(model, corpora),
  collapse: collapse(model, adriftFit.unseen),
  inRealText: inRealText(model, corpora),
  digests: {
    ...corpora.digests(),
    ...Object.fromEntries(
      [contrastsFile, decisionsFile].map((file) => [
        basename(file.pathname),
        `sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}`
      ])
    )
  }
})
progress("done")
