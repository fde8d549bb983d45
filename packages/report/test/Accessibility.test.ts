/** What a browser and axe-core say of the report. Skipped where there is no Chromium: apt-get install chromium. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { AxeResults } from "axe-core"
import { type Browser, chromium } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { renderHtml } from "../src/index.ts"
import { clean, failing, verdictOf } from "./support/verdicts.ts"

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync)
const title =
  executablePath === undefined ? "a report in a browser (SKIPPED: Chromium is not installed)" : "a report in a browser"
if (executablePath === undefined) process.stderr.write(`\n*** ${title}\n`)

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

describe.skipIf(executablePath === undefined)(title, () => {
  const folder = mkdtempSync(join(tmpdir(), "report-browser-"))
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const verdicts = { clean, failing, empty: verdictOf({}) }
  const cases = Object.entries(verdicts).flatMap(([name, verdict]) =>
    (["full", "briefing"] as const).map((style) => ({ name, verdict, style }))
  )

  it.each(cases)(
    "has no serious fault of accessibility, loads nothing and fits its screen: $name, $style",
    async ({ name, style, verdict }) => {
      const file = join(folder, `${name}-${style}.html`)
      writeFileSync(file, await renderHtml(verdict, { style }))
      for (const look of [
        { width: 1280, colorScheme: "light" },
        { width: 390, colorScheme: "dark" }
      ] as const) {
        const page = await browser.newPage({
          viewport: { width: look.width, height: 900 },
          colorScheme: look.colorScheme
        })
        const asked: Array<string> = []
        page.on("request", (request) => asked.push(request.url()))
        await page.goto(pathToFileURL(file).href)
        expect(asked).toEqual([pathToFileURL(file).href])
        const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        expect(overflow, `${look.width} px`).toBeLessThanOrEqual(0)
        // Past the page's own policy, which lets no script run.
        await page.evaluate(axe)
        const { violations } = (await page.evaluate("axe.run()")) as AxeResults
        expect(
          violations
            .filter(({ impact }) => impact === "serious" || impact === "critical")
            .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`)
        ).toEqual([])
        await page.close()
      }
    },
    60_000
  )
})
