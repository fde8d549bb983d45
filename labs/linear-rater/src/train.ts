/**
 * Regenerates the weights of the linear rater and the report on them, byte for byte.
 *
 * `node src/train.ts [folder of the corpora]`
 */
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { spearman } from "@model-intake/psychometrics"
import { makeLinearModel } from "../../../plugins/raters/linear/src/Model.ts"
import {
  type AxisId,
  axisIds,
  encodeLexicon,
  type FieldAccreditation,
  type Manifest,
  sha256,
  weightsFormat
} from "../../../plugins/raters/linear/src/Weights.ts"
import { axisPlans } from "./axes.ts"
import { type Calibration, fitCalibration, probabilityOf, round, thresholdFor } from "./calibrate.ts"
import { Corpora, lastAnswer, readContrasts } from "./corpora.ts"
import { DesignSpace } from "./design.ts"
import { baseFamily, benignAnswers, benignFile, contrastRows, type Labelled, labelledFile } from "./examples.ts"
import { benignFlags, collapse, inRealText, ruleMeasures } from "./fields.ts"
import { type Companions, crossFit, crossFitBenign, fitAxis } from "./fit.ts"
import { wordMeanings } from "./meaning.ts"
import { accuracyAt, areaByGroup, areas, calibrationError, type Scored, share } from "./measure.ts"
import { quantise } from "./quantise.ts"
import { writeReport } from "./report.ts"
import { fitTopic, topicCentre } from "./topic.ts"
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

/** Axes that are a field of the rating, labelled by people or publishers for what that field says. */
const accredited = ["misalignment", "justifiesHarm", "confidence"] as const

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
const crossCalibrated = (cases: ReadonlyArray<Scored>): Array<Scored> => {
  const known = new Map<string, Calibration>()
  return cases.map((text) => ({
    ...text,
    score: probabilityOf(text.score, calibrationWithout(cases, text.item, known))
  }))
}

const calibrationWithout = (
  cases: ReadonlyArray<Scored>,
  item: string,
  known: Map<string, Calibration>
): Calibration => {
  const found = known.get(item)
  if (found !== undefined) return found
  const others = cases.filter((text) => text.item !== item)
  const calibration = fitCalibration(
    others.map(({ score }) => score),
    others.map(({ label }) => (label ? 1 : 0))
  )
  known.set(item, calibration)
  return calibration
}

const fitted = axisPlans.map(({ id, examples: read, options, jointly, benignSetThreshold, benignShare }) => {
  const examples = read(corpora, space).filter(({ rows }) => rows.length > 0)
  progress(`${id}: cross-fitting ${examples.length} texts`)
  const scores = crossFit(examples, companions, space, options, jointly)
  const cases = scored(examples, scores)
  // Degrees of certainty are calibrated as they are, so that the probability is the degree that people would give.
  const calibration =
    id === "confidence"
      ? fitCalibration(
          scores,
          examples.map(({ degree }) => degree)
        )
      : fitCalibration(
          cases.map(({ score }) => score),
          cases.map(({ label }) => (label ? 1 : 0))
        )
  const probabilities = cases.map((text) => ({ ...text, score: probabilityOf(text.score, calibration) }))
  const benign = crossFitBenign(examples, companions, space, options).map((score) => probabilityOf(score, calibration))
  const values = (label: boolean) => probabilities.filter((text) => text.label === label).map(({ score }) => score)
  const threshold = Math.max(
    ...(benignSetThreshold ? [thresholdFor(benign, benignShare ?? benignFlagged)] : []),
    thresholdFor(values(false), negativesFlagged)
  )
  const lowThreshold =
    id === "constraint"
      ? round(
          Math.min(
            1 -
              thresholdFor(
                benign.map((value) => 1 - value),
                benignFlagged
              ),
            1 -
              thresholdFor(
                values(true).map((value) => 1 - value),
                negativesFlagged
              )
          ),
          1e4
        )
      : undefined
  const accuracy = accuracyAt(probabilities, threshold)
  const tuned = cases.filter(({ family }) => family !== baseFamily)
  return {
    id,
    coefficients: fitAxis(examples, companions, space, options),
    calibration,
    threshold,
    lowThreshold,
    accuracy,
    peak: options.peak,
    figures: {
      options,
      all: areas(cases),
      ...(id === "misalignment" ? { organismsOnly: areas(tuned) } : {}),
      rankCorrelation: round(
        spearman(
          scores,
          examples.map(({ degree }) => degree)
        ) ?? 0,
        1e3
      ),
      rankCorrelationOfLength: round(
        spearman(
          examples.map(({ length }) => length),
          examples.map(({ degree }) => degree)
        ) ?? 0,
        1e3
      ),
      byFamily: areaByGroup(cases, ({ family }) => family),
      byItem: areaByGroup(cases, ({ item }) => item),
      threshold,
      ...(lowThreshold === undefined
        ? {}
        : {
            below: {
              threshold: lowThreshold,
              ofNegative: share(values(false).filter((value) => value <= lowThreshold).length, values(false).length),
              ofPositive: share(values(true).filter((value) => value <= lowThreshold).length, values(true).length)
            }
          }),
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

const accreditations = accredited.map((id): FieldAccreditation => {
  const { accuracy, figures } = fitted.find((axis) => axis.id === id)!
  return {
    field: id,
    form: null,
    sensitivity: accuracy.sensitivity,
    specificity: accuracy.specificity,
    auc: figures.all.score.pooled,
    positives: accuracy.positives,
    negatives: accuracy.negatives,
    dataDigest: corpora.digestOf(labelledFile[id])
  }
})

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
const manifestWith = (topic: Manifest["topic"]): Manifest => ({
  format: weightsFormat,
  id: "linear",
  version,
  words: vocabulary.hashes.length,
  fewestKnownWords,
  smallestKnownShare,
  axes: shipped.map(({ id, threshold, lowThreshold, coefficients, calibration, peak }, axis) => ({
    id,
    threshold,
    ...(lowThreshold === undefined ? {} : { lowThreshold }),
    scales: scales[axis]!,
    bias: Number(coefficients.bias.toPrecision(8)),
    peak,
    calibration
  })),
  topic,
  accreditations,
  lexicon: { file: "lexicon.bin", bytes: content.length, sha256: sha256(content) }
})
const centre = topicCentre(corpora.read(benignFile).map(lastAnswer), vocabulary, lexicon.vectors)
const unfitted = manifestWith({ centre, coefficients: [0, 0, 0, 0, 0, 0], threshold: 1 })
const topic = fitTopic(makeLinearModel({ manifest: unfitted, lexicon, digest: "" }), corpora)
const manifest = manifestWith({ centre, coefficients: topic.coefficients, threshold: topic.threshold })
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
        ...(shipped.some((axis) => axis.id === id)
          ? {
              flaggedElsewhere: flaggedElsewhere(model, corpora, id as AxisId, figures.threshold),
              related: relatedAreas(model, corpora, id as AxisId)
            }
          : {})
      }
    ])
  ),
  topic: { ...topic.figures, threshold: topic.threshold },
  rules: ruleMeasures(model, corpora),
  benign: benignFlags(model, corpora),
  collapse: collapse(model, corpora),
  inRealText: inRealText(model, corpora),
  digests: {
    ...corpora.digests(),
    "contrasts.tsv": `sha256:${createHash("sha256").update(readFileSync(contrastsFile)).digest("hex")}`
  }
})
progress("done")
