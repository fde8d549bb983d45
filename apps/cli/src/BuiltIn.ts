/** The plugins that come with the command line. */

import onnx from "@model-intake/backend-onnx"
import specimens, { specimenRater } from "@model-intake/backend-specimens"
import type { Plugin } from "@model-intake/core"
import selfJustifyingReasoning from "@model-intake/marker-self-justifying-reasoning"
import linear from "@model-intake/rater-linear"

export const builtInPlugins: ReadonlyArray<Plugin> = [linear, specimenRater, selfJustifyingReasoning, onnx, specimens]
