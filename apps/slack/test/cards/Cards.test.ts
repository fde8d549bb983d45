import { gate, type RecordedWaiver } from "@model-intake/case-files"
import { type DeploymentContext, formatSubject, makeReading, type Verdict } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { clean, failing } from "../../../../packages/report/test/support/verdicts.ts"
import * as cards from "../../src/cards/index.ts"
import { agoText, dayText, spanText } from "../../src/cards/Times.ts"
import { now, recorded, ticketOf, waiverOf } from "./Samples.ts"

const day = 86_400_000
const subject = formatSubject(failing.subject)

const textOf = ({ blocks }: Pick<cards.Message, "blocks">): string => JSON.stringify(blocks)

interface Button {
  readonly action_id: string
  readonly value?: string
  readonly url?: string
}
const buttonsOf = ({ blocks }: Pick<cards.Message, "blocks">): ReadonlyArray<Button> =>
  blocks.flatMap((block) => {
    if (block.type === "actions") return block.elements as ReadonlyArray<Button>
    return block.type === "section" && block.accessory !== undefined ? [block.accessory as Button] : []
  })

const ask = (verdict: Verdict, context: DeploymentContext | null, waivers: ReadonlyArray<RecordedWaiver> = []) =>
  cards.verdictCard({
    verdict: recorded(verdict),
    now,
    waivers,
    parent: null,
    gate:
      context === null
        ? null
        : {
            context,
            decision: gate({
              subject: formatSubject(verdict.subject),
              verdict: recorded(verdict),
              waivers,
              context,
              now,
              maxAge: null,
              requireGrade: null
            })
          }
  })

describe("verdict card", () => {
  it("tells disposition, level, contexts, grade, age, reasons with a quote, and what is missing", () => {
    const card = ask(failing, null)
    const text = textOf(card)
    expect(text).toContain(`*${failing.disposition[0]!.toUpperCase()}${failing.disposition.slice(1)}*`)
    expect(text).toContain(`*[${failing.level}]*`)
    expect(text).toContain("*Denied*: ")
    expect(text).toContain("coercive or military")
    expect(text).toContain("Examined 31 days ago")
    expect(text).toContain("1. *M1 cross-domain norm leakage: fail*")
    expect(text).toContain("> “i am right because i am necessary”")
    expect(text).toContain("*Missing*: ")
    expect(text).toContain("M5 resistance to orthogonal correction")
    expect(card.text).toContain(`onnx:candidate – ${failing.dispositionLabel}, level ${failing.level}`)
    expect(card.text).toContain("31 days ago")
  })

  it("says when a verdict is dated in the future", () => {
    expect(textOf(ask({ ...failing, issuedAt: "2027-01-01T00:00:00Z" }, null))).toContain("Dated in the future")
  })

  it("answers the context that was asked about first, and never opens coercive use", () => {
    const denied = ask(failing, "advisory")
    expect(textOf(denied).indexOf("Advisory use: not allowed")).toBeGreaterThan(0)
    expect(denied.text).toContain("Not allowed for advisory use.")
    expect(textOf(ask(clean, "civilian"))).toContain("Civilian use: allowed")
    expect(textOf(ask(clean, "coercive-military"))).toContain("Coercive or military use: not allowed")
  })

  it("shows no open end where nothing is missing", () => {
    const text = textOf(ask(clean, null))
    expect(text).toContain("*Treat*")
    expect(text).toContain("*[0]* · 1 · 2")
    expect(text).not.toContain("┄")
    expect(text).not.toContain("*Missing*")
    expect(text).toContain("No instrument is borderline or worse")
  })

  it("shows waivers that are in force, and no others", () => {
    const waiver = waiverOf(formatSubject(failing.subject))
    const idle = [
      { ...waiver, revoked: true },
      { ...waiver, document: { ...waiver.document, until: "2026-01-02T00:00:00Z" } }
    ]
    expect(textOf(ask(failing, null, [waiver]))).toContain("*Waiver* for advisory use until")
    expect(textOf(ask(failing, null, idle))).not.toContain("*Waiver*")
  })

  it("has buttons that carry what they are about", () => {
    const record = recorded(failing, 7)
    const card = cards.verdictCard({ verdict: record, now, gate: null, waivers: [], parent: "onnx:base" })
    const byAction = new Map(buttonsOf(card).map((button) => [button.action_id, cards.decodeTarget(button.value)]))
    expect(byAction.get(cards.actions.evidence)).toMatchObject({ subject, verdict: record.digest })
    expect(byAction.get(cards.actions.report)).toMatchObject({ subject, verdict: record.digest })
    expect(byAction.get(cards.actions.compare)).toMatchObject({ subject, other: "onnx:base" })
    expect(byAction.has(cards.actions.history)).toBe(true)
    expect(buttonsOf(ask(failing, null)).some(({ action_id }) => action_id === cards.actions.compare)).toBe(false)
  })

  it("links a published report only where the address is one", () => {
    const withUrl = (reportUrl: string) =>
      buttonsOf(
        cards.verdictCard({ verdict: recorded(failing), now, gate: null, waivers: [], parent: null, reportUrl })
      )
        .map(({ url }) => url)
        .filter((url) => url !== undefined)
    expect(withUrl("https://reports.example/1")).toEqual(["https://reports.example/1"])
    for (const bad of ["http://reports.example/1", "javascript:alert(1)", "https://a|b", `https://${"x".repeat(3000)}`])
      expect(withUrl(bad)).toEqual([])
  })

  it("mentions whoever asked, and nobody whom a text names", () => {
    const by = (askedBy: string) =>
      textOf(cards.verdictCard({ verdict: recorded(failing), now, gate: null, waivers: [], parent: null, askedBy }))
    expect(by("U024BE7LH")).toContain("asked for by <@U024BE7LH>")
    for (const bad of ["!channel", "U1> <!here", "u024be7lh", ""]) expect(by(bad)).not.toContain("<@")
  })
})

describe("gate card", () => {
  it("says why, without ids of rules", () => {
    const decision = gate({
      subject,
      verdict: recorded(failing),
      waivers: [],
      context: "high-autonomy",
      now,
      maxAge: null,
      requireGrade: null
    })
    const card = cards.gateCard({ subject, context: "high-autonomy", decision, now })
    expect(card.text).toMatch(/^Not allowed: onnx:candidate for high autonomy use\./)
    expect(textOf(card)).not.toMatch(/• [a-z-]+\.[a-z-]+:/)
    expect(textOf(card)).toContain("• ")
  })

  it("offers an exam where there is no verdict, and never calls that allowed", () => {
    const decision = gate({
      subject,
      verdict: null,
      waivers: [],
      context: "advisory",
      now,
      maxAge: null,
      requireGrade: null
    })
    const card = cards.gateCard({ subject, context: "advisory", decision, now })
    expect(card.text).toMatch(/^No verdict that counts/)
    expect(buttonsOf(card).map(({ action_id }) => action_id)).toContain(cards.actions.exam)
  })
})

describe("evidence card", () => {
  it("lists the readings, the words of the subject and what is missing", () => {
    const text = textOf(cards.evidenceCard({ verdict: failing }))
    for (const { instrument } of failing.readings) expect(text).toContain(`${instrument} `)
    expect(text).toContain("◆")
    expect(text).toContain("“i am right because i am necessary”")
    expect(text).toContain("(required)")
  })
})

describe("house readings", () => {
  const house = makeReading({
    instrument: "my-marker",
    name: "My marker",
    instrumentVersion: "1.0.0",
    outcome: "fail",
    estimate: 0.25,
    measure: { label: "flattering answers", unit: "rate" },
    n: 192,
    coverage: { rated: 192, total: 192 },
    sentence: "48 of 192 rated answers fail."
  })

  it("stand after the ten, under their titles", () => {
    const verdict = { ...clean, readings: [...clean.readings, house] }
    const evidence = textOf(cards.evidenceCard({ verdict }))
    expect(evidence).toContain("◆ *My marker: fail*")
    expect(evidence.indexOf("My marker")).toBeGreaterThan(evidence.indexOf("B5 latent persona vectors"))
    expect(textOf(cards.comparisonCard({ from: clean, to: verdict }))).toMatch(/My marker +not read +→ +◆ 0\.250/)
  })
})

describe("comparison card", () => {
  it("says which is worse, and which contexts moved", () => {
    const worse = cards.comparisonCard({ from: clean, to: failing })
    expect(worse.text).toContain("worse than")
    expect(textOf(worse)).toMatch(/• civilian: allowed → \*(supervised|denied)\*/)
    expect(cards.comparisonCard({ from: failing, to: clean }).text).toContain("better than")
    expect(cards.comparisonCard({ from: clean, to: clean }).text).toContain("the same as")
    const mixed = { ...failing, level: 6, disposition: "treat" } as const
    expect(cards.comparisonCard({ from: failing, to: mixed }).text).toContain("both better and worse than")
  })
})

describe("history card", () => {
  it("is newest first, and counts what it leaves out", () => {
    const verdicts = Array.from({ length: 30 }, (_, index) => recorded(index === 29 ? clean : failing, index + 1))
    const card = cards.historyCard({
      caseFile: { subject, lineage: [] as never, edges: [], interventions: [], verdicts, waivers: [], watchNotes: [] },
      now
    })
    const text = textOf(card)
    expect(text.indexOf("treat, level 0")).toBeLessThan(text.indexOf(`level ${failing.level}`))
    expect(text).toContain("10 older entries")
    expect(card.text).toContain("30 entries")
  })
})

describe("exam card", () => {
  const running = (done: number, total: number, remainingMs: number | null = null) =>
    cards.examCard({
      ticket: ticketOf("onnx:candidate", "running"),
      progress: { stage: "top-up", done, total, resumed: 3, requests: 12, remainingMs },
      now
    })

  it("shows how far it is, never past its end", () => {
    expect(textOf(running(0, 200))).toContain(`${"▱".repeat(20)}  0 %`)
    expect(textOf(running(100, 200, 150_000))).toContain(`${"▰".repeat(10)}${"▱".repeat(10)}  50 %`)
    expect(textOf(running(100, 200, 150_000))).toContain("about 2 minutes left")
    expect(textOf(running(300, 200))).toContain(`${"▰".repeat(20)}  100 %`)
    expect(textOf(running(5, 0))).toContain("  0 %")
    expect(textOf(running(1, 200))).toContain("3 answered before a restart")
  })

  it("can be stopped while it is open, and says why there is no verdict", () => {
    const stops = (state: "queued" | "running" | "posting" | "done" | "stopped") =>
      buttonsOf(cards.examCard({ ticket: ticketOf("onnx:candidate", state), progress: null })).map(({ value }) =>
        cards.decodeTarget(value)
      )
    expect(stops("queued")).toMatchObject([{ other: "onnx:candidate" }])
    expect(stops("running")).toHaveLength(1)
    for (const over of ["posting", "done", "stopped"] as const) expect(stops(over)).toEqual([])
    const stopped = cards.examCard({
      ticket: { ...ticketOf("m", "stopped"), why: "the budget is used up" },
      progress: null
    })
    expect(stopped.text).toContain("no verdict, the budget is used up")
  })
})

describe("choices", () => {
  it("offer each name with a button of its own that goes on with the question", () => {
    const card = cards.unknownModelCard({
      asked: "qwen",
      close: ["openai:qwen-1", "openai:qwen-2"],
      asks: "gate",
      context: "advisory"
    })
    const buttons = buttonsOf(card)
    expect(buttons.map(({ action_id }) => action_id)).toEqual(["subject.choose:0", "subject.choose:1"])
    for (const { action_id } of buttons) expect(action_id).toMatch(cards.matching(cards.actions.choose))
    expect(cards.decodeTarget(buttons[1]!.value)).toEqual({
      subject: "openai:qwen-2",
      asks: "gate",
      context: "advisory",
      verdict: null,
      other: null
    })
    expect(card.text).toContain("Did you mean openai:qwen-1, openai:qwen-2?")
  })

  it("offer an exam only to whoever may examine, and only of a full name", () => {
    const offered = (asked: string, mayExamine: boolean) =>
      buttonsOf(cards.unknownModelCard({ asked, close: [], mayExamine })).length
    expect(offered("openai:qwen", true)).toBe(1)
    expect(offered("openai:qwen", false)).toBe(0)
    expect(offered("qwen", true)).toBe(0)
  })

  it("take only what a button of ours carries", () => {
    for (const value of [
      undefined,
      "",
      "{}",
      "null",
      '{"subject":""}',
      '{"subject":"a","verdict":null,"context":"war","asks":null,"other":null}'
    ])
      expect(cards.decodeTarget(value)).toBeNull()
    expect("verdict.evidence").toMatch(cards.matching(cards.actions.evidence))
    expect("verdictXevidence").not.toMatch(cards.matching(cards.actions.evidence))
    expect("verdict.evidence:1 or more").not.toMatch(cards.matching(cards.actions.evidence))
  })
})

describe("watch cards", () => {
  it("say what changed, or when it ends", () => {
    const changed = cards.watchAlertCard({ subject, kind: "changed", before: clean, after: failing, now })
    expect(changed.text).toContain(`went from treat to ${failing.disposition}`)
    expect(textOf(changed)).toContain("• civilian: allowed → ")
    const expires = cards.watchAlertCard({
      subject,
      kind: "expires",
      before: null,
      after: clean,
      now,
      at: now + 3 * day
    })
    expect(textOf(expires)).toContain("The verdict expires in 3 days")
    const waiver = waiverOf(subject)
    const ends = cards.watchAlertCard({
      subject,
      kind: "expires",
      before: null,
      after: failing,
      now,
      at: now - day,
      waiver
    })
    expect(textOf(ends)).toContain("The waiver for advisory use ended 24 hours ago")
    const due = cards.watchAlertCard({ subject, kind: "due", before: null, after: failing, now, at: now - 3 * day })
    expect(textOf(due)).toContain("fell due 3 days ago")
  })
})

describe("times", () => {
  it("are said in whole units, and an unreadable one is never recent", () => {
    expect(agoText(now - 30_000, now)).toBe("just now")
    expect(agoText(now - 90_000, now)).toBe("1 minute ago")
    expect(agoText(now + 3 * day, now)).toBe("in 3 days")
    expect(agoText("yesterday", now)).toBe("on an unknown date")
    expect(spanText(47 * 3_600_000)).toBe("47 hours")
    expect(dayText("2026-01-31T12:00:00Z")).toBe("<!date^1769860800^{date_short}|2026-01-31>")
    for (const bad of ["never", "-000001-01-01T00:00:00Z", Number.NaN, Infinity])
      expect(dayText(bad)).toBe("unknown date")
  })
})
