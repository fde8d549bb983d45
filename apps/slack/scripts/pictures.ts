/**
 * Pictures of what the bot says, to look at before anybody else does:
 *
 *   node scripts/pictures.ts VERDICTS OUT [PART OF A NAME]
 *
 * VERDICTS is a folder of verdict documents as `intake exam SUBJECT --json` prints them, each named after its subject;
 * OUT gets a PNG of each card, dialog and page with its blocks as JSON beside it, and the charts. Chromium draws them
 * (the environment variable CHROMIUM says where it is).
 */
import { execFileSync } from "node:child_process"
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { decodeVerdict, type Verdict } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { chartKinds, chartOf } from "../src/cards/Charts.ts"
import { type Picture, picturesOf } from "./PictureCases.ts"
import { homePage, messagePage, modalPage } from "./SlackPage.ts"

const now = Date.parse("2026-11-24T09:41:00Z")
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

const main = async (from: string, to: string, part: string): Promise<void> => {
  const verdicts = await verdictsIn(from)
  const folder = resolve(to)
  mkdirSync(folder, { recursive: true })
  const scratch = mkdtempSync(join(tmpdir(), "pictures-"))
  for (const picture of picturesOf(verdicts, now)) {
    if (!picture.name.includes(part)) continue
    const shown = "message" in picture ? picture.message : picture.view
    writeFileSync(join(folder, `${picture.name}.json`), `${JSON.stringify(shown, null, 2)}\n`)
    draw(picture, join(folder, `${picture.name}.png`), scratch)
  }
  const [, charted] = verdicts.find(([name]) => name === "narrow-middle") ?? verdicts[0]!
  for (const kind of chartKinds) {
    const chart = "chart".includes(part) ? await chartOf(charted, kind) : null
    if (chart !== null) writeFileSync(join(folder, `chart-${kind}.png`), chart.png)
  }
  rmSync(scratch, { recursive: true, force: true })
}

const verdictsIn = async (folder: string): Promise<ReadonlyArray<readonly [string, Verdict]>> => {
  const files = globSync("*.json", { cwd: folder }).toSorted()
  if (files.length === 0) throw new Error(`${folder} holds no verdict document; write one with intake exam --json`)
  return Promise.all(
    files.map(async (file) => {
      const document: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"))
      return [basename(file, ".json"), await Effect.runPromise(decodeVerdict(document, file))] as const
    })
  )
}

/** The page tells its own height first, so that the picture ends where it does. */
const draw = (picture: Picture, to: string, scratch: string): void => {
  const file = join(scratch, "page.html")
  const width = "message" in picture ? 800 : picture.view.type === "home" ? 720 : 580
  writeFileSync(file, htmlOf(picture))
  const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium"
  const profile = `--user-data-dir=${join(scratch, "profile")}`
  const dom = execFileSync(chromium, [...flags, profile, "--dump-dom", `--window-size=${width},800`, file], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"]
  })
  const height = /data-height="(\d+)"/.exec(dom)?.[1] ?? "1600"
  execFileSync(
    chromium,
    [...flags, profile, "--hide-scrollbars", `--screenshot=${to}`, `--window-size=${width},${height}`, file],
    { stdio: "ignore" }
  )
}

const htmlOf = (picture: Picture): string => {
  if ("message" in picture) return messagePage(picture.message, { thread: picture.thread ?? false })
  return picture.view.type === "home" ? homePage(picture.view) : modalPage(picture.view)
}

const [from, to, part = ""] = process.argv.slice(2)
if (from === undefined || to === undefined) {
  process.stderr.write("Give a folder of verdict documents and one for the pictures: pictures.ts VERDICTS OUT\n")
  process.exitCode = 2
} else await main(from, to, part)
