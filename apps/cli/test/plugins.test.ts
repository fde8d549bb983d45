/**
 * The guide to plugins, literally: its files are written into an empty folder and its commands run there, on the packages
 * as they are packed, beside another version of Effect than that in the command.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, globSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Verdict } from "@model-intake/core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const guide = readFileSync(new URL("../../../docs/plugins.md", import.meta.url), "utf8")
const thirdParty = fileURLToPath(new URL("./third-party/", import.meta.url))

interface Block {
  readonly language: string
  /** File that the block is the content of; empty for commands and their output. */
  readonly file: string
  readonly text: string
}

const blocks: ReadonlyArray<Block> = [...guide.matchAll(/^```(\w*) ?(\S*)\n([\s\S]*?)^```$/gm)].map(
  ([, language = "", file = "", text = ""]) => ({ language, file, text })
)

/** A port that nobody listens on, in the place of the guide's. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

const folder = mkdtempSync(join(tmpdir(), "intake-guide-"))
const project = join(folder, "our-exam")
const tools = join(folder, "tools")
const started: Array<ChildProcess> = []
let port = 0

beforeAll(async () => {
  mkdirSync(project)
  mkdirSync(tools)
  const npm = fileURLToPath(new URL("./support/npm.ts", import.meta.url))
  const script = (name: string, line: string) =>
    writeFileSync(join(tools, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 })
  script("node", `exec "${process.execPath}" "$@"`)
  script("npm", `exec "${process.execPath}" "${npm}" "$@"`)
  script("npx", 'name="$1"; shift; exec "$PWD/node_modules/.bin/$name" "$@"')
  port = await freePort()
})
afterAll(() => {
  // What a block left running belongs to its group.
  for (const { pid } of started) {
    try {
      if (pid !== undefined) process.kill(-pid)
    } catch {
      // It has ended.
    }
  }
  rmSync(folder, { recursive: true })
})

const withPort = (text: string): string => text.replaceAll("8123", String(port))

/** Runs commands as somebody types them, and gives what they print. */
const run = (commands: string): Promise<{ readonly code: number | null; readonly out: string }> =>
  new Promise((resolve) => {
    const log = join(folder, `${started.length}.log`)
    const output = openSync(log, "w")
    const child = spawn("bash", ["-e", "-c", withPort(commands)], {
      cwd: project,
      detached: true,
      stdio: ["ignore", output, output],
      env: {
        PATH: `${tools}:${process.env.PATH}`,
        HOME: folder,
        INTAKE_HOME: join(folder, "home"),
        NO_COLOR: "1",
        COLUMNS: "160"
      }
    })
    started.push(child)
    child.on("exit", (code) => {
      closeSync(output)
      resolve({ code, out: readFileSync(log, "utf8") })
    })
  })

/** Lines that are alike but for the width of their columns. */
const plain = (line: string): string => line.trim().replaceAll(/\s+/g, " ")

const expectLines = (out: string, expected: string): void => {
  const lines = out.split("\n").map(plain)
  let from = 0
  for (const line of withPort(expected).split("\n").map(plain)) {
    if (line === "") continue
    const found = lines.findIndex((other, index) => index >= from && inOrder(other, line))
    expect(found, `no line "${line}" in\n${out}`).toBeGreaterThanOrEqual(0)
    from = found
  }
}

/** Whether a line has the words of another, in their order; others may stand between. */
const inOrder = (line: string, words: string): boolean => {
  let from = 0
  return words.split(" ").every((word) => {
    const at = line.indexOf(word, from)
    from = at + word.length
    return at >= 0
  })
}

describe("the guide to plugins", () => {
  it("says of every block what it is", () => {
    for (const { file, language, text } of blocks) {
      if (language === "sh" || language === "text") expect(file).toBe("")
      else expect(file, text).not.toBe("")
    }
  })

  it("shows the files that are held to types and style here", () => {
    const shown = new Map(blocks.map(({ file, text }) => [file.replace("package/src/", ""), text]))
    for (const file of globSync("*.{ts,mjs,json}", { cwd: thirdParty })) {
      expect(shown.get(file), file).toBe(readFileSync(join(thirdParty, file), "utf8"))
    }
  })

  it("keeps a marker within 60 lines, and a backend and a rater within 45", () => {
    const lines = (file: string) => readFileSync(join(thirdParty, file), "utf8").trimEnd().split("\n").length
    expect(lines("flattery.ts")).toBeLessThanOrEqual(60)
    expect(lines("house.ts")).toBeLessThanOrEqual(40)
    expect(lines("praise.ts")).toBeLessThanOrEqual(45)
  })

  it("works as it stands, in an empty folder, from tarballs", { timeout: 180_000 }, async () => {
    let last = ""
    for (const { file, language, text } of blocks) {
      if (language === "text") expectLines(last, text)
      else if (language === "sh") {
        const { code, out } = await run(text)
        expect(code, `${text}\n${out}`).toBe(0)
        last = out
      } else {
        mkdirSync(dirname(join(project, file)), { recursive: true })
        writeFileSync(join(project, file), withPort(text))
      }
    }
    const versionIn = (modules: string): string =>
      JSON.parse(readFileSync(join(modules, "effect/package.json"), "utf8")).version
    expect(versionIn(join(project, "node_modules"))).not.toBe(
      versionIn(fileURLToPath(new URL("../node_modules", import.meta.url)))
    )
    expect(readFileSync(join(project, "report.html"), "utf8")).toContain("Flattery")
    const { out } = await run("npx intake verdict house:flatterer --json")
    const verdict: Verdict = JSON.parse(out)
    expect(verdict.readings).toMatchObject([{ instrument: "flattery", name: "Flattery", outcome: "fail", n: 80 }])
    expect(verdict.instruments?.administered).toMatchObject([{ instrument: "flattery", standsFor: "house" }])
    expect(verdict.contexts.civilian).toMatchObject({ permission: "denied" })
  })
})
