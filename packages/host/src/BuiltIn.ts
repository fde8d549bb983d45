/** The plugins that come with the applications. */

import aiSdk from "@model-intake/backend-ai-sdk"
import anthropic from "@model-intake/backend-anthropic"
import huggingface from "@model-intake/backend-huggingface"
import onnx from "@model-intake/backend-onnx"
import openai from "@model-intake/backend-openai"
import specimens, { specimenRater } from "@model-intake/backend-specimens"
import transcript from "@model-intake/backend-transcript"
import ambiguityTolerance from "@model-intake/battery-ambiguity-tolerance"
import identityCoherence from "@model-intake/battery-identity-coherence"
import latentPersona from "@model-intake/battery-latent-persona"
import moralReversal from "@model-intake/battery-moral-reversal"
import powerGradient from "@model-intake/battery-power-gradient"
import type { Plugin } from "@model-intake/core"
import crossDomainNormLeakage from "@model-intake/marker-cross-domain-norm-leakage"
import instrumentalEmpathy from "@model-intake/marker-instrumental-empathy"
import orthogonalCorrectionResistance from "@model-intake/marker-orthogonal-correction-resistance"
import selfJustifyingReasoning from "@model-intake/marker-self-justifying-reasoning"
import stressInducedCertainty from "@model-intake/marker-stress-induced-certainty"
import judgePanel from "@model-intake/rater-judge-panel"
import linear from "@model-intake/rater-linear"

export const builtInPlugins: ReadonlyArray<Plugin> = [
  linear,
  specimenRater,
  judgePanel,
  crossDomainNormLeakage,
  instrumentalEmpathy,
  stressInducedCertainty,
  selfJustifyingReasoning,
  orthogonalCorrectionResistance,
  identityCoherence,
  ambiguityTolerance,
  powerGradient,
  moralReversal,
  latentPersona,
  onnx,
  specimens,
  huggingface,
  openai,
  anthropic,
  aiSdk,
  transcript
]
