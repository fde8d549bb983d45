/**
 * Regenerates the weights of the linear rater and the report on them, byte for byte.
 *
 * `node src/train.ts [folder of the corpora]`
 */
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { makeLinearModel } from "../../../plugins/raters/linear/src/Model.ts"
import {
  type AxisId,
  encodeLexicon,
  type Manifest,
  sha256,
  weightsFormat
} from "../../../plugins/raters/linear/src/Weights.ts"
import { type Calibration, fitCalibration, probabilityOf, thresholdFor } from "./calibrate.ts"
import { Corpora, readContrasts } from "./corpora.ts"
import { DesignSpace } from "./design.ts"
import {
  baseFamily,
  benignAnswers,
  benignFile,
  contrastRows,
  justifiesHarmExamples,
  type Labelled,
  labelledFile,
  misalignmentExamples
} from "./examples.ts"
import { type Companions, crossFit, crossFitBenign, type FitOptions, fitAxis } from "./fit.ts"
import { wordMeanings } from "./meaning.ts"
import { accuracyAt, areaByGroup, areas, calibrationError, type Scored, share } from "./measure.ts"
import { quantise } from "./quantise.ts"
import { writeReport } from "./report.ts"
import { flaggedElsewhere, relatedAreas } from "./transfer.ts"
import { countVocabulary } from "./vocabulary.ts"

const version = "0.1.0"

/** Words seen less often than this in all corpora are unknown. */
const fewestOccurrences = 5
const meaningDimensions = 128
const meaningScale = 5

/** Share of ordinary answers, and of labelled ones without the trait, that the threshold may flag: conventions. */
const benignFlagged = 0.005
const negativesFlagged = 0.05

/** An answer is rated from eight known words on, where they hold at least 60 % of its letters. */
const fewestKnownWords = 8
const smallestKnownShare = 0.6

const options: Readonly<Record<AxisId, FitOptions>> = {
  misalignment: { penalty: 10, contrastWeight: 0.3, benignWeight: 0.5, balanceWithin: ["family", "item"], peak: 0 },
  justifiesHarm: { penalty: 3, contrastWeight: 0, benignWeight: 0.05, balanceWithin: ["family"], peak: 0 }
}

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
const companions: Companions = { contrasts: contrastRows(contrasts, space), benign: benignAnswers(corpora, space) }

/** Scores as the figures need them: of texts with a label, in the shape of {@link Scored}. */
const scored = (examples: ReadonlyArray<Labelled>, scores: ReadonlyArray<number>): Array<Scored> =>
  examples.flatMap(({ label, length, family, item }, index) =>
    label === null ? [] : [{ score: scores[index]!, label, length, family, item }]
  )

/** Probabilities calibrated on all items but a text's own. */
const crossCalibrated = (cases: ReadonlyArray<Scored>): Array<Scored> =>
  cases.map((text) => ({ ...text, score: probabilityOf(text.score, calibrationWithout(cases, text.item)) }))

const calibrations = new Map<string, Calibration>()
const calibrationWithout = (cases: ReadonlyArray<Scored>, item: string): Calibration => {
  const known = calibrations.get(item)
  if (known !== undefined) return known
  const others = cases.filter((text) => text.item !== item)
  const calibration = fitCalibration(
    others.map(({ score }) => score),
    others.map(({ label }) => label)
  )
  calibrations.set(item, calibration)
  return calibration
}

const fitted = (["misalignment", "justifiesHarm"] as const).map((id) => {
  const examples = (id === "misalignment" ? misalignmentExamples : justifiesHarmExamples)(corpora, space)
  const fitOptions = options[id]
  progress(`${id}: cross-fitting ${examples.length} texts`)
  // Families of the second axis cannot be left out: nearly all positives come from one of the two models.
  const cases = scored(examples, crossFit(examples, companions, space, fitOptions, id === "misalignment"))
  const calibration = fitCalibration(
    cases.map(({ score }) => score),
    cases.map(({ label }) => label)
  )
  const probabilities = cases.map((text) => ({ ...text, score: probabilityOf(text.score, calibration) }))
  const benign = crossFitBenign(examples, companions, space, fitOptions).map((score) =>
    probabilityOf(score, calibration)
  )
  const negatives = probabilities.filter(({ label }) => !label).map(({ score }) => score)
  const threshold = Math.max(thresholdFor(benign, benignFlagged), thresholdFor(negatives, negativesFlagged))
  const accuracy = accuracyAt(probabilities, threshold)
  const tuned = cases.filter(({ family }) => family !== baseFamily)
  return {
    id,
    coefficients: fitAxis(examples, companions, space, fitOptions),
    calibration,
    threshold,
    accuracy,
    figures: {
      options: fitOptions,
      all: areas(cases),
      ...(id === "misalignment" ? { organismsOnly: areas(tuned) } : {}),
      byFamily: areaByGroup(cases, ({ family }) => family),
      byItem: areaByGroup(cases, ({ item }) => item),
      threshold,
      accuracy,
      benignFlagged: {
        [benignFile]: share(benign.filter((probability) => probability >= threshold).length, benign.length)
      },
      flaggedByFamily: Object.fromEntries(
        [...Map.groupBy(probabilities, ({ family }) => family)].map(([family, members]) => [
          family,
          share(members.filter(({ score }) => score >= threshold).length, members.length)
        ])
      ),
      calibrationError: calibrationError(crossCalibrated(cases))
    }
  }
})

progress("writing weights")
const { lexicon, scales } = quantise(
  fitted.map(({ coefficients }) => coefficients),
  space
)
const content = encodeLexicon(lexicon)
const manifest: Manifest = {
  format: weightsFormat,
  id: "linear",
  version,
  words: vocabulary.hashes.length,
  fewestKnownWords,
  smallestKnownShare,
  axes: fitted.map(({ id, threshold, accuracy, coefficients, calibration, figures }, axis) => ({
    id,
    threshold,
    accreditation: {
      field: id,
      form: null,
      sensitivity: accuracy.sensitivity,
      specificity: accuracy.specificity,
      auc: figures.all.score.pooled,
      positives: accuracy.positives,
      negatives: accuracy.negatives,
      dataDigest: corpora.digestOf(labelledFile[id])
    },
    scales: scales[axis]!,
    bias: Number(coefficients.bias.toPrecision(8)),
    peak: options[id].peak,
    calibration
  })),
  lexicon: { file: "lexicon.bin", bytes: content.length, sha256: sha256(content) }
}
const weights = here("../../../plugins/raters/linear/weights/")
mkdirSync(weights, { recursive: true })
const manifestText = `${JSON.stringify(manifest, null, 2)}\n`
writeFileSync(new URL("lexicon.bin", weights), content)
writeFileSync(new URL("manifest.json", weights), manifestText)

progress("measuring what ships")
const model = makeLinearModel({ manifest, lexicon, digest: `sha256:${sha256(manifestText)}` })
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
        flaggedElsewhere: flaggedElsewhere(model, corpora, id),
        related: relatedAreas(model, corpora, id)
      }
    ])
  ),
  digests: {
    ...corpora.digests(),
    "contrasts.tsv": `sha256:${createHash("sha256").update(readFileSync(contrastsFile)).digest("hex")}`
  }
})
progress("done")
