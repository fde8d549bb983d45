/** Fetches a model from the Hugging Face hub into the usual cache, where other tools find it too. */
import { createHash } from "node:crypto"
import { access, mkdir, open, readFile, rename, rm, symlink, writeFile } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import type { ListFileEntry } from "@huggingface/hub"
import { BackendError, type BackendReason, Downloads, type Subject } from "@model-intake/core"
import { modelFiles } from "@model-intake/onnx-runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"

/** A model in the cache: the folder of one commit. */
export interface Snapshot {
  readonly path: string
  readonly commit: string
}

/** Whether a name is one that the hub could know: `organisation/model`. */
export const isHubName = (name: string): boolean => /^[A-Za-z0-9][\w.-]*\/[\w.-]+$/.test(name)

/**
 * The files of a model at one commit, fetched where the cache lacks them. A branch or tag is resolved to its commit
 * first; without a network, the commit that it last meant here is used. A file appears under its name when it is
 * complete and its digest is right. The hub, cache and token are those of `HF_ENDPOINT`, `HF_HOME`, `HF_HUB_CACHE` and
 * `HF_TOKEN`.
 *
 * @param file the ONNX file; `onnx/model.onnx`, then `model.onnx`, where it is null
 */
export const fetchSnapshot = Effect.fn("Hub.fetchSnapshot")(function* (
  subject: Subject,
  file: string | null
): Effect.fn.Return<Snapshot, BackendError> {
  const hub = connect(yield* Effect.promise(() => import("@huggingface/hub")), subject)
  const revision = subject.revision ?? "main"
  const cached = yield* hub.onDisk(() => cachedCommit(hub.storage, revision))
  const isWhole = cached !== null && (yield* hub.onDisk(() => holdsModel(hub.snapshotOf(cached).path, file)))
  if (isWhole && cached === revision) return hub.snapshotOf(cached)

  const commit = yield* hub.commitOf(revision).pipe(
    // What a branch meant when it was last fetched is better than nothing, but only where the hub says nothing.
    Effect.catch((error) => (error.reason === "transport" && isWhole ? Effect.succeed(cached) : Effect.fail(error)))
  )
  const snapshot = hub.snapshotOf(commit)
  if (isWhole && commit === cached) return snapshot

  for (const expected of yield* hub.filesOf(commit, file)) {
    const blob = join(hub.storage, "blobs", expected.digest)
    if (!(yield* hub.onDisk(() => exists(blob)))) yield* download(hub, commit, expected, blob)
    yield* hub.onDisk(() => link(blob, join(snapshot.path, expected.path)))
  }
  if (revision !== commit) yield* hub.onDisk(() => writeWhole(join(hub.storage, "refs", revision), commit))
  return snapshot
})

/** A file of the model as the hub describes it. */
interface Expected {
  readonly path: string
  readonly size: number
  /** SHA-256 of the bytes, or SHA-1 of the git object for small files that git holds itself. */
  readonly digest: string
}

/** What is asked of the hub and of the cache for one subject; every failure becomes one sentence. */
const connect = (
  { downloadFile, getHFHubCachePath, getRepoFolderName, listFiles, modelInfo }: HubClient,
  subject: Subject
) => {
  const { model, backend } = subject
  const { HF_ENDPOINT: endpoint = "", HF_TOKEN: token = "" } = process.env
  const access = {
    ...(endpoint === "" ? {} : { hubUrl: endpoint.replace(/\/+$/, "") }),
    ...(token === "" ? {} : { accessToken: token })
  }
  const repo = { type: "model", name: model } as const
  const storage = join(getHFHubCachePath(), getRepoFolderName(repo))

  const refuse = (reason: BackendReason, message: string) =>
    new BackendError({ backend, reason, message, retryable: reason === "transport", retryAfterMs: null })
  const ask = <A>(what: string, run: () => Promise<A>) =>
    Effect.tryPromise({ try: run, catch: (cause) => refuse(...hubProblem(cause, what, model, token !== "")) })
  const onDisk = <A>(run: () => Promise<A>) =>
    Effect.tryPromise({ try: run, catch: (cause) => refuse("fault", `the cache ${storage} cannot be used (${cause})`) })

  const commitOf = Effect.fnUntraced(function* (revision: string): Effect.fn.Return<string, BackendError> {
    const { sha } = yield* ask(`revision ${revision}`, () =>
      modelInfo({ ...access, name: model, revision, additionalFields: ["sha"] })
    )
    if (/^[0-9a-f]{40}$/.test(sha)) return sha
    return yield* refuse("malformed-reply", `the hub names no commit for ${model}@${revision}`)
  })

  /** Those of the commit's files that the model needs, the ONNX file last. */
  const filesOf = Effect.fnUntraced(function* (
    commit: string,
    file: string | null
  ): Effect.fn.Return<ReadonlyArray<Expected>, BackendError> {
    const entries = yield* ask("its list of files", async () => {
      const found = new Map<string, ListFileEntry>()
      for await (const entry of listFiles({ ...access, repo, recursive: true, revision: commit }))
        found.set(entry.path, entry)
      return found
    })
    const files = modelFiles([...entries.keys()], file).map((path): Expected => {
      const { size, oid, lfs } = entries.get(path)!
      return { path, size, digest: lfs?.oid ?? oid ?? "" }
    })
    if (files.length === 0) {
      return yield* refuse(
        "not-found",
        `${model} has no ${file ?? "onnx/model.onnx"} on the hub; choose a model with an ONNX export`
      )
    }
    const nameless = files.find(({ digest }) => !/^[0-9a-f]{40,64}$/.test(digest))
    return nameless === undefined
      ? files
      : yield* refuse("malformed-reply", `the hub gives ${nameless.path} of ${model} no digest`)
  })

  return {
    subject,
    storage,
    refuse,
    ask,
    onDisk,
    commitOf,
    filesOf,
    snapshotOf: (commit: string): Snapshot => ({ path: join(storage, "snapshots", commit), commit }),
    /** The bytes of a file, not yet under way; null where the hub has no such file. */
    bodyOf: (path: string, commit: string) => ask(path, () => downloadFile({ ...access, repo, path, revision: commit }))
  }
}

type HubClient = typeof import("@huggingface/hub")

/** Writes a file beside its place and gives it its name once it is whole; what is incomplete is removed. */
const download = Effect.fnUntraced(function* (
  { subject, ask, onDisk, bodyOf, refuse }: ReturnType<typeof connect>,
  commit: string,
  { path, size, digest }: Expected,
  target: string
): Effect.fn.Return<void, BackendError> {
  const listen = yield* Downloads
  const body = yield* bodyOf(path, commit)
  if (body === null) return yield* refuse("not-found", `${subject.model} has no ${path} at ${commit}`)
  const partial = `${target}.${process.pid}.incomplete`
  yield* Effect.acquireUseRelease(
    onDisk(async () => {
      await mkdir(dirname(target), { recursive: true })
      return { file: await open(partial, "w"), reader: body.stream().getReader() }
    }),
    Effect.fnUntraced(function* ({ file, reader }) {
      const hash = digest.length === 40 ? createHash("sha1").update(`blob ${size}\0`) : createHash("sha256")
      let done = 0
      for (;;) {
        const chunk = yield* ask(path, () => reader.read())
        if (chunk.done) break
        yield* onDisk(() => file.writeFile(chunk.value))
        hash.update(chunk.value)
        done += chunk.value.length
        yield* listen({ subject, file: path, bytesDone: done, bytesTotal: size })
      }
      if (done !== size || hash.digest("hex") !== digest) {
        const found = `${path} of ${subject.model} arrived incomplete or altered (${done} of ${size} bytes); try again`
        return yield* refuse("transport", found)
      }
      yield* onDisk(async () => {
        await file.close()
        await rename(partial, target)
      })
    }),
    ({ file, reader }, exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.promise(async () => {
            await reader.cancel().catch(() => {})
            await file.close().catch(() => {})
            await rm(partial, { force: true })
          })
  )
})

/** The commit that a revision means in the cache: itself, or what the last fetch wrote down. */
const cachedCommit = async (storage: string, revision: string): Promise<string | null> => {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision
  return readFile(join(storage, "refs", revision), "utf8").then(
    (text) => text.trim(),
    () => null
  )
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  )

/** The ONNX file is linked last, so where it stands all the others do. */
const holdsModel = async (path: string, file: string | null): Promise<boolean> => {
  const names = file === null ? ["onnx/model.onnx", "model.onnx"] : [file]
  return (await Promise.all(names.map((name) => exists(join(path, name))))).includes(true)
}

const link = async (blob: string, path: string): Promise<void> => {
  if (await exists(path)) return
  await mkdir(dirname(path), { recursive: true })
  await rm(path, { force: true })
  await symlink(relative(dirname(path), blob), path)
}

const writeWhole = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.${process.pid}.partial`, text)
  await rename(`${path}.${process.pid}.partial`, path)
}

/** One sentence; nothing of the request, and so no token, is repeated in it. */
const hubProblem = (
  cause: unknown,
  what: string,
  model: string,
  hasToken: boolean
): readonly [BackendReason, string] => {
  const status = Predicate.hasProperty(cause, "statusCode") ? cause.statusCode : null
  if (status === 401 || status === 403) {
    return [
      "authentication",
      `the hub does not let ${model} be read ${hasToken ? "with the token in HF_TOKEN" : "without a token; set HF_TOKEN"}`
    ]
  }
  if (status === 404)
    return ["not-found", `the hub has no ${model} with ${what}; check the name, or name a local folder`]
  if (status !== null)
    return ["transport", `the hub answered ${status} when asked for ${what} of ${model}; try again later`]
  if (cause instanceof TypeError && /access token/i.test(cause.message)) {
    return ["authentication", "HF_TOKEN holds no access token of the hub; those begin with hf_"]
  }
  return [
    "transport",
    `${model} is not in the cache as a whole, and the hub cannot be reached for ${what}; go online, or name a local folder`
  ]
}
