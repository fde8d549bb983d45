import { describe, expect, it } from "@effect/vitest"
import { canonicalJson, digest } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import {
  checkLog,
  formatLog,
  isSignedBy,
  type LogHead,
  type LogRecord,
  makeLogChecker,
  makeRecord,
  makeSigningKey,
  parseLog,
  recordKinds,
  recordText,
  type SigningKey,
  verifyLog
} from "../src/index.ts"
import { quarantine } from "./support/Verdicts.ts"

const [key, stranger] = await Effect.runPromise(Effect.all([makeSigningKey, makeSigningKey]))

const logOf = (bodies: ReadonlyArray<LogRecord["body"]>, signer: SigningKey = key): ReadonlyArray<LogRecord> => {
  const records: Array<LogRecord> = []
  let head: LogHead | null = null
  for (const [index, body] of bodies.entries()) {
    const record: LogRecord = makeRecord(
      head,
      { kind: recordKinds[index % recordKinds.length]!, subject: "onnx:a", issuedAt: "2026-01-01T00:00:00.000Z", body },
      signer
    )
    records.push(record)
    head = record
  }
  return records
}

const three = logOf([{ level: 2 }, { says: "watch\n" }, [1, null, "x"]])
const check = (records: ReadonlyArray<LogRecord>, expected?: LogHead) => verifyLog(records, [key.id], expected)

/** Reads and checks the bytes of a log: null where both are content, else what was found. */
const fault = (bytes: Uint8Array | string): string | null => {
  const parsed = Effect.runSync(Effect.result(parseLog(bytes, "log.jsonl")))
  if (Result.isFailure(parsed)) return parsed.failure.message
  const result = check(parsed.success)
  return result.ok ? null : result.message
}

const bodies = fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 })
const runs = { numRuns: 60, seed: Number(process.env.FC_SEED ?? 1) }

describe("a verdict log", () => {
  it("verifies as it was written, and reads back from its JSON lines", () => {
    fc.assert(
      fc.property(bodies, (values) => {
        const records = logOf(values as ReadonlyArray<LogRecord["body"]>)
        expect(check(records)).toMatchObject({ ok: true, records: values.length })
        expect(fault(formatLog(records))).toBeNull()
        expect(Effect.runSync(checkLog(formatLog(records), [key.id]))).toEqual(check(records))
        const texts = records.map(({ body, ...header }) => `${recordText(header, canonicalJson(body))}\n`)
        expect(texts.join("")).toBe(formatLog(records))
        expect(formatLog(Effect.runSync(parseLog(formatLog(records))))).toBe(formatLog(records))
      }),
      runs
    )
  })

  it("shows the change of any single byte", () => {
    fc.assert(
      fc.property(bodies, fc.nat(), fc.integer({ min: 1, max: 255 }), (values, position, change) => {
        const bytes = Buffer.from(formatLog(logOf(values as ReadonlyArray<LogRecord["body"]>)))
        bytes[position % bytes.length]! ^= change
        expect(fault(bytes)).not.toBeNull()
      }),
      { ...runs, numRuns: 400 }
    )
  })

  it("shows every single byte of one record changed, left out or doubled", () => {
    const text = formatLog(logOf([{ level: 2, says: "\u00e9" }]))
    const bytes = Buffer.from(text)
    for (let position = 0; position < bytes.length; position++) {
      const changed = Buffer.from(bytes)
      changed[position]! ^= 1
      expect(fault(changed), `byte ${position} changed`).not.toBeNull()
      const [before, after] = [bytes.subarray(0, position), bytes.subarray(position + 1)]
      expect(fault(Buffer.concat([before, after])), `byte ${position} left out`).not.toBeNull()
      const doubled = Buffer.concat([before, bytes.subarray(position, position + 1), bytes.subarray(position)])
      expect(fault(doubled), `byte ${position} doubled`).not.toBeNull()
    }
  })

  it("shows any two records exchanged, any left out before the end, any doubled", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(), fc.nat(), (length, first, second) => {
        const records = logOf(Array.from({ length }, (_, index) => index))
        const [a, b] = [first % length, second % length]
        fc.pre(a !== b)
        const swapped = records.map((record, index) => (index === a ? records[b]! : index === b ? records[a]! : record))
        expect(check(swapped)).toMatchObject({ ok: false, position: Math.min(a, b) + 1, problem: "reordered" })
        expect(Effect.runSync(checkLog(formatLog(swapped), [key.id]))).toEqual(check(swapped))
        const inner = first % (length - 1)
        expect(check(records.toSpliced(inner, 1))).toMatchObject({ ok: false, position: inner + 1, problem: "gap" })
        expect(check(records.toSpliced(b, 0, records[b]!))).toMatchObject({
          ok: false,
          position: b + 2,
          problem: "duplicate"
        })
      }),
      runs
    )
  })

  it("names the one of 1,000 verdicts of which a byte was changed, left out, exchanged or signed by another", () => {
    // Without what makes verdicts long: to the log it is all the same.
    const short = { ...quarantine, readings: quarantine.readings.slice(0, 1), rules: [], wouldChange: [], limits: [] }
    const log = logOf(
      Array.from({ length: 1000 }, (_, index) => JSON.parse(JSON.stringify({ ...short, seed: String(index) })))
    )
    const [document, others] = [log.map((record) => canonicalJson(record)), log.map(({ body }) => canonicalJson(body))]
    expect(check(log)).toMatchObject({ ok: true, records: 1000 })
    /** Checks on from the record before, which is what a check of the whole log does when it gets there. */
    const said = (record: LogRecord, position: number, bodyText = canonicalJson(record.body)) => {
      const checker = makeLogChecker([key.id], null, new Set(), log[position - 2] ?? null)
      checker.accepts(record, bodyText)
      const result = checker.result()
      return result.ok ? null : result.message
    }
    /** Null only where nobody would notice. */
    const changed = (position: number, at: number, bit: number): string | null => {
      const bytes = Buffer.from(`${document[position - 1]}\n`)
      bytes[at % bytes.length]! ^= 1 << bit
      const parsed = Effect.runSync(Effect.result(parseLog(bytes, "log.jsonl")))
      if (Result.isFailure(parsed)) return parsed.failure.message
      return parsed.success.length === 1 ? said(parsed.success[0]!, position) : "more than one record"
    }
    let drawn = 0
    const random = (below: number) => Number.parseInt(digest(++drawn).slice(7, 15), 16) % below
    for (let position = 1; position <= log.length; position++) {
      const record = log[position - 1]!
      expect(said(record, position)).toBeNull()
      const [at, bit] = [random(1e9), random(8)]
      expect(changed(position, at, bit), `record ${position}, byte ${at}, bit ${bit}`).not.toBeNull()
      // In the database the document is text, of which no byte is read over either.
      const text = others[position - 1]!
      const place = random(text.length)
      const spoilt = text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ 1) + text.slice(place + 1)
      expect(said(record, position, spoilt)).toMatch(new RegExp(`^record ${position} is bad: its content does not`))
      expect(said(record, position, `${text} `)).toContain(`record ${position} is bad`)
      expect(said(makeRecord(log[position - 2] ?? null, record, stranger), position)).toMatch(
        new RegExp(`^record ${position} is bad: it is signed with ${stranger.id}`)
      )
      if (position < log.length) expect(said(log[position]!, position)).toContain(`record ${position} is bad: it has`)
    }
    for (let at = 0; at < document[500]!.length; at++) expect(changed(501, at, at % 8), `byte ${at}`).not.toBeNull()

    const [first, second] = [random(499), 500 + random(499)] as const
    const swapped = log.with(first, log[second]!).with(second, log[first]!)
    expect(check(swapped)).toMatchObject({ ok: false, position: first + 1, problem: "reordered" })
    expect(check(log.toSpliced(second, 1))).toMatchObject({ ok: false, position: second + 1, problem: "gap" })
    const text = formatLog(log)
    const altered = text.replace(`"seed":"${second}"`, `"seed":"${second}0"`)
    expect(fault(altered)).toMatch(new RegExp(`^record ${second + 1} is bad: its content does not match`))
  }, 60_000)

  it("does not show that its end was cut off, unless the head was noted", () => {
    const head = three[2]!
    expect(check(three.slice(0, 2))).toMatchObject({ ok: true, records: 2 })
    expect(check([])).toEqual({ ok: true, records: 0, head: null })
    expect(check(three, head)).toMatchObject({ ok: true })
    expect(check(three.slice(0, 2), head)).toMatchObject({ ok: false, problem: "wrong-head", position: 3 })
    const rewritten = logOf([{ level: 0 }, { says: "watch\n" }, [1, null, "x"], 4])
    expect(check(rewritten)).toMatchObject({ ok: true })
    expect(check(rewritten, head)).toMatchObject({ ok: false, problem: "wrong-head", position: 3 })
  })

  it("says of the first bad record what is wrong with it", () => {
    const [first, second, third] = three as readonly [LogRecord, LogRecord, LogRecord]
    const changed = { ...second, body: { says: "nothing" } }
    const { digest: _, signature, ...content } = changed
    const redigested = { ...changed, digest: digest(content) }
    const resigned = makeRecord(first, { ...content }, stranger)
    const elsewhere = makeRecord({ ...first, digest: third.digest }, { ...content }, key)
    const cases = [
      [changed, "changed"],
      [{ ...second, subject: "onnx:b" }, "changed"],
      [{ ...second, issuedAt: "2025-01-01T00:00:00.000Z" }, "changed"],
      [{ ...second, previous: null }, "changed"],
      [{ ...second, keyId: stranger.id }, "changed"],
      [redigested, "wrong-signature"],
      [{ ...second, signature: first.signature }, "wrong-signature"],
      [resigned, "unknown-key"],
      [elsewhere, "wrong-previous"]
    ] as const
    for (const [bad, problem] of cases) {
      const result = check([first, bad, third])
      expect(result).toMatchObject({ ok: false, position: 2, problem })
      expect(!result.ok && result.message).toMatch(/^record 2 is bad: \S/)
    }
    expect(check([second, third])).toMatchObject({ ok: false, position: 1, problem: "gap" })
    expect(verifyLog(three, [])).toMatchObject({ ok: false, position: 1, problem: "unknown-key" })
    expect(signature).toBe(second.signature)
  })

  it("signs for the log and nothing else", () => {
    const record = three[0]!
    expect(isSignedBy(key.id, `model-intake/log@1 ${record.digest}`, record.signature)).toBe(true)
    expect(isSignedBy(key.id, record.digest, record.signature)).toBe(false)
    expect(isSignedBy("zz", record.digest, record.signature)).toBe(false)
  })

  it("is refused with file and line where it is no log", () => {
    const text = formatLog(three)
    const line = text.split("\n")[1]!
    expect(fault("")).toBe("log.jsonl holds no record")
    expect(fault(text.slice(0, -1))).toBe("log.jsonl, line 3, does not end in a line feed: the file was cut short")
    expect(fault(text.replace(line, line.slice(0, 40)))).toBe(
      "log.jsonl, line 2, is not JSON: it was changed or cut short"
    )
    expect(fault(text.replace(line, `${line} `))).toBe("log.jsonl, line 2, is not in canonical JSON: it was changed")
    expect(fault(text.replace(line, `{"body":1,${line.slice(1)}`))).toMatch(/line 2, is not in canonical JSON/)
    expect(fault(text.replace(line, line.replace("{", '{"approved":true,')))).toMatch(/line 2, is no record of a log/)
    expect(fault(Buffer.from([0xff, 0x0a]))).toBe("log.jsonl, line 1, is not UTF-8 text")
    expect(fault(`\ufeff${text}`)).toMatch(/line 1, is not JSON/)
  })
})
