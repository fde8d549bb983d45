/** Verdicts to report on, made by the core from readings as the instruments write them. */
import {
  type Digest,
  digest,
  type InstrumentCode,
  instrumentCodes,
  makeReading,
  makeVerdict,
  type Outcome,
  type QuotedSpan,
  type Reading,
  type Series,
  Spectrum,
  Triage,
  type Verdict,
  type VerdictParts
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export const span = (quote: string, index = 0): QuotedSpan => ({
  trialId: digest(`trial ${index}`),
  quote,
  start: 10,
  end: 10 + quote.length,
  code: "necessity"
})

const interval = { lower: 0.1, upper: 0.4, level: 0.95, sided: "one" } as const
const figure = (name: string, value: number) => ({ name, value, interval })

const curve = (id: string, title: string, x: string, names: ReadonlyArray<string>, line: string): Series => ({
  kind: "curve",
  id,
  title,
  says: `${line} by ${x}`,
  x: { title: x, places: names },
  y: { title: "share of answers", top: 1 },
  lines: [
    { name: line, points: names.map((name, index) => ({ name, value: 0.1 + index / 10, lower: 0.05, upper: 0.95 })) }
  ],
  note: ""
})

/** What the instruments have drawn of them. */
const series = (code: InstrumentCode, text: string): ReadonlyArray<Series> => {
  switch (code) {
    case "M1":
      return [
        {
          kind: "bars",
          id: "by-domain",
          title: "Norm leakage by domain",
          says: "Share of failing answers",
          of: "domain",
          bars: [{ name: text, value: 0.2, n: 32 }]
        }
      ]
    case "B2":
      return [curve("by-dose", "Calibration", "facts given", ["0", "1", "2", "3", "resolved"], text)]
    case "B3":
      return [curve("by-rank", "Power gradient", "who asks", ["subordinate", "peer", "authority"], text)]
    case "B4":
      return [curve("by-rung", "Moral reversal", "rung", ["0", "1", "2", "3", "4", "5", "6", "7", "8"], text)]
    case "B5":
      return [
        {
          kind: "positions",
          id: "traits",
          title: "Latent coordinates",
          says: "Coordinates between the poles",
          of: "trait",
          positions: [
            { name: text, value: 0.3, lower: 0.1, upper: 0.4, threshold: { least: 0.05, greatest: 0.05 }, active: 0.5 }
          ]
        }
      ]
    default:
      return []
  }
}

const units: Partial<Record<InstrumentCode, Reading["measure"]["unit"]>> = {
  M3: "difference",
  M5: "ratio",
  B1: "distance",
  B3: "difference",
  B4: "share",
  B5: "coordinate"
}

export const reading = (instrument: InstrumentCode, outcome: Outcome, parts: Partial<Reading> = {}): Reading =>
  makeReading({
    instrument,
    instrumentVersion: "1.0.0",
    outcome,
    estimate: 0.2,
    measure: { label: "failing answers", unit: units[instrument] ?? "rate" },
    interval,
    n: 192,
    coverage: { rated: 190, total: 192 },
    access: instrument === "B5" ? "white-box" : "none",
    figures: [figure("what else was measured", 0.3)],
    series: series(instrument, "tone"),
    domains: instrument === "M1" ? [{ name: "health", value: 0.2, n: 32 }] : [],
    ...(instrument === "B2"
      ? {
          calibration: [
            { stated: 0.5, posterior: 0.5, n: 40 },
            { stated: 0.8, posterior: 0.6, n: 20 }
          ]
        }
      : {}),
    ...(instrument === "B5"
      ? {
          coordinates: ["cooking", "travel"].map((domain, index) => ({
            trait: "tone",
            domain,
            value: 0.3,
            interval,
            threshold: 0.05,
            active: index === 0
          }))
        }
      : {}),
    sentence: `${instrument} was administered and this is what came of it in so many words.`,
    ...parts
  })

const parts: VerdictParts = {
  subject: { backend: "onnx", model: "candidate", revision: null },
  reference: null,
  readings: [],
  history: [],
  findings: [],
  notExamined: [],
  draws: [],
  triggerSearch: null,
  wrapped: null,
  replication: null,
  limits: [],
  digests: { plan: digest("plan") },
  seed: "1",
  form: "A",
  issuedAt: "2026-01-01T00:00:00.000Z"
}

export const verdictOf = (change: Partial<VerdictParts>): Verdict =>
  Effect.runSync(makeVerdict({ ...parts, ...change }).pipe(Effect.provide(Layer.merge(Spectrum.layer, Triage.layer))))

/** M1 and M4 fail with quotes, B3 is borderline, M5 is missing. */
export const failing: Verdict = verdictOf({
  readings: instrumentCodes
    .filter((code) => code !== "M5")
    .map((code) =>
      code === "M1" || code === "M4"
        ? reading(code, "fail", { evidence: [span("i am right because i am necessary")] })
        : reading(code, code === "B3" ? "borderline" : code === "B2" ? "indeterminate" : "pass")
    )
})

/** Every instrument passes and the inside was examined. */
export const clean: Verdict = verdictOf({
  readings: instrumentCodes.map((code) => reading(code, code === "M5" ? "not-indicated" : "pass")),
  draws: [Object.fromEntries(instrumentCodes.map((code) => [code, 0])) as VerdictParts["draws"][number]]
})

/** The same verdict with a text wherever a verdict holds text that is not from a closed list. */
export const filledWith = (text: string): Verdict => {
  const base = verdictOf({
    subject: { backend: "onnx", model: text, revision: text },
    reference: { backend: "onnx", model: text, revision: null },
    readings: instrumentCodes.map((code) =>
      reading(code, code === "M1" || code === "B5" ? "fail" : "pass", {
        instrumentVersion: text,
        measure: { label: text, unit: "rate" },
        sentence: text,
        evidence: [{ ...span(text), trialId: text, code: text }],
        figures: [figure(text, 0.5)],
        series: series(code, text),
        domains: [{ name: text, value: 0.5, n: 3 }]
      })
    ),
    triggerSearch: {
      prefixes: [text],
      items: 3,
      found: [{ prefix: text, rate: 0.9, without: 0 }],
      unreadable: [text]
    },
    replication: { form: text, readings: [reading("M1", "fail")] },
    wrapped: { id: text, level: 2, upper: 3, readings: [reading("M1", "fail")] },
    limits: [text],
    digests: { [text]: text as Digest, plan: text as Digest },
    seed: text,
    form: text,
    issuedAt: text
  })
  return {
    ...base,
    dispositionLabel: text,
    meaning: { symptoms: text, treatment: text, analogy: text },
    pending: { says: text, replicate: [text] },
    findings: [{ code: "trigger-found", says: text, replication: "replicated" }],
    rules: base.rules
      .slice(0, 3)
      .map((rule) => ({ ...rule, id: text, says: text, because: [{ input: text, value: text }] })),
    missing: [{ what: "bypass", required: true, why: text, needed: text }],
    wouldChange: [{ rule: text, says: text, changes: [{ input: text, from: text, to: text }], disposition: "treat" }],
    tables: { spectrum: { id: text, version: 1 }, triage: { id: text, version: 1 }, policy: text },
    contexts: {
      ...base.contexts,
      civilian: { permission: "denied", reasons: [{ rule: text, says: text }] }
    }
  }
}

/** Text that tries to break out of every format, around anything else. */
export const attacks: ReadonlyArray<string> = [
  "plain words",
  '"><script>alert(1)</script><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</style></svg></title></desc><svg onload=alert(1)>",
  "<!-- ]]> --> <![CDATA[ <?xml",
  "[click](https://evil.example) ![x](http://evil.example/x.png) <https://evil.example>",
  "@everyone @octocat #1 GH-2 www.evil.example mailto:a@b.example ftp://evil.example",
  "| a | b |\n| --- | --- |\n\n# heading\n\n```\ncode\n```\n",
  "``` ` `` \\` \\",
  "\u202egnp.exe\u2066\u200b\u200d\ufeff\u{e0041}\u00ad",
  "\u0000\u0007\u001b[31mred\u001b]8;;http://evil.example\u0007link\u009b0m",
  "\ud800 lone \udfff",
  `e${"\u0301".repeat(300)}`,
  "&lt;script&gt; &amp; &#60;",
  "x".repeat(20_000),
  "{{7*7}} $x^2$ \ufffe\uffff"
]
