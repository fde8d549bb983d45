import { execFile } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isSignedBy, loadSigningKey, parsePublicKey, publicKeyPem, readSigningKey } from "../src/index.ts"

const folder = mkdtempSync(join(tmpdir(), "signing-key-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const load = (path: string) => Effect.runPromise(loadSigningKey(path))
const refusal = async (path: string) => (await Effect.runPromise(Effect.flip(loadSigningKey(path)))).message
const parse = (text: string) => Effect.runPromise(parsePublicKey(text, "--key"))
const parseRefusal = async (text: string) =>
  (await Effect.runPromise(Effect.flip(parsePublicKey(text, "--key")))).message

describe("the signing key", () => {
  it("is made on first use, for its owner alone, and is the same afterwards", async () => {
    const path = join(folder, "first", "below", "signing-key.pem")
    expect(await Effect.runPromise(readSigningKey(path))).toBeNull()
    const key = await load(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(path, ".."))).toEqual(["signing-key.pem"])
    const again = await load(path)
    expect(again.id).toBe(key.id)
    expect(isSignedBy(key.id, "text", again.sign("text"))).toBe(true)
    expect(isSignedBy(key.id, "another", again.sign("text"))).toBe(false)
    expect(JSON.stringify(key)).not.toContain("PRIVATE")
  })

  it("is one key for all who make it at once, in this process and in others", async () => {
    const path = join(folder, "race", "signing-key.pem")
    const module = new URL("../src/SigningKey.ts", import.meta.url).href
    const script = `import { loadSigningKey } from ${JSON.stringify(module)}
      import * as Effect from "effect/Effect"
      console.log((await Effect.runPromise(loadSigningKey(${JSON.stringify(path)}))).id)`
    const others = [1, 2].map(() =>
      promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname })
    )
    const own = await Promise.all(Array.from({ length: 8 }, () => load(path)))
    const ids = [...own.map(({ id }) => id), ...(await Promise.all(others)).map(({ stdout }) => stdout.trim())]
    expect(new Set(ids).size).toBe(1)
    expect(readdirSync(join(path, ".."))).toEqual(["signing-key.pem"])
  })

  it("is refused where others could read or exchange it, in one sentence that shows nothing of it", async () => {
    const path = join(folder, "open", "signing-key.pem")
    await load(path)
    chmodSync(path, 0o640)
    expect(await refusal(path)).toBe(
      `The signing key ${path} can be read or written by others (mode 640); run chmod 600 on it`
    )
    chmodSync(path, 0o600)
    chmodSync(join(path, ".."), 0o777)
    expect(await refusal(path)).toBe(
      `The signing key ${path} lies in a folder that others can write to; run chmod 700 on the folder`
    )
  })

  it("is refused where the file is something else, and never replaced", async () => {
    const path = join(folder, "other.pem")
    writeFileSync(path, "my secret diary", { mode: 0o600 })
    expect(await refusal(path)).toBe(
      `The signing key ${path} holds no private key in PEM; move it away to have a new one made`
    )
    expect(readFileSync(path, "utf8")).toBe("my secret diary")
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
    writeFileSync(path, privateKey.export({ format: "pem", type: "pkcs8" }))
    expect(await refusal(path)).toContain("is no Ed25519 key")
    mkdirSync(join(folder, "directory"), { mode: 0o700 })
    expect(await refusal(join(folder, "directory"))).toMatch(/cannot be read \(EISDIR\)$/)
    expect(await refusal(join(path, "below", "key.pem"))).toMatch(/cannot be (read|made) \(ENOTDIR\)$/)
  })
})

describe("a public key", () => {
  it("is read from hexadecimal and from PEM", async () => {
    const { id } = await load(join(folder, "public.pem"))
    expect(await parse(` ${id.toUpperCase()}\n`)).toBe(id)
    expect(await parse(publicKeyPem(id))).toBe(id)
  })

  it("is refused where it is a private one or none", async () => {
    const path = join(folder, "private.pem")
    await load(path)
    expect(await parseRefusal(readFileSync(path, "utf8"))).toBe("--key is a private key; give the public one")
    expect(await parseRefusal("abc")).toBe("--key is no Ed25519 public key; give 64 hexadecimal digits or PEM")
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
    expect(await parseRefusal(publicKey.export({ format: "pem", type: "spki" }).toString())).toBe(
      "--key is no Ed25519 public key"
    )
  })
})
