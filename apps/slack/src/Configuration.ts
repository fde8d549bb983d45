/**
 * How the bot is set up: secrets and addresses from the environment, everything else from one JSON file. Each mistake is
 * told in one sentence that never quotes a value, since a value may be a token in the wrong place.
 */
import { existsSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { isPostgres, KeyId, signingKeyFile, storeFile } from "@model-intake/case-files"
import { dataDirectory, Grade, InstrumentKey } from "@model-intake/core"
import { parseDuration, readJson } from "@model-intake/host"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Environment, type Secrets, secretsFrom, variable } from "./Secrets.ts"
import { UsageError } from "./UsageError.ts"

const Person = Schema.String.check(Schema.isPattern(/^([UW][A-Z0-9]{1,20}|S[A-Z0-9]{1,20}|\*)$/)).annotate({
  expected: "the id of a Slack user (U... or W...) or user group (S...), or *"
})
const Team = Schema.String.check(Schema.isPattern(/^T[A-Z0-9]{1,20}$/)).annotate({
  expected: "the id of a Slack workspace (T...)"
})
const Duration = Schema.String.check(
  Schema.makeFilter((text) => (parseDuration(text) ?? 0) > 0, { expected: "a duration such as 12h, 30d or 2w" })
)
const Positive = Schema.Int.check(Schema.isGreaterThan(0)).annotate({ expected: "a whole number above 0" })
const Name = Schema.NonEmptyString.annotate({ expected: "a text that is not empty" })
const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 })).annotate({
  expected: "a port from 1 to 65535, or 0 for any free one"
})
const { optional } = Schema

/** The configuration file. Every setting may be left out. */
export const ConfigurationFile = Schema.Struct({
  mode: optional(Schema.Literals(["socket", "http"])),
  port: optional(Port),
  data: optional(Name),
  store: optional(Name),
  trust: optional(Schema.Array(KeyId)),
  plugins: optional(Name),
  people: optional(
    Schema.Struct({
      examine: optional(Schema.Array(Person)),
      waive: optional(Schema.Array(Person)),
      watch: optional(Schema.Array(Person))
    })
  ),
  exams: optional(
    Schema.Struct({
      form: optional(Name),
      forms: optional(Schema.Array(Name).check(Schema.isMinLength(1))),
      budgetRequests: optional(Positive),
      maxRequests: optional(Positive),
      deadline: optional(Duration),
      atOnce: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 16 }))),
      models: optional(Schema.Array(Name)),
      instruments: optional(Schema.Array(InstrumentKey).check(Schema.isMinLength(1)))
    })
  ),
  gate: optional(Schema.Struct({ maxAge: optional(Duration), requireGrade: optional(Grade) })),
  watches: optional(
    Schema.Struct({ every: optional(Duration), expiryNotice: optional(Duration), reExamAfter: optional(Duration) })
  ),
  workspaces: optional(
    Schema.Struct({
      teams: Schema.Array(Team).check(Schema.isMinLength(1)),
      store: optional(Name),
      redirectUri: optional(Name)
    })
  )
})

export interface Configuration {
  readonly mode: "socket" | "http"
  /** Of Slack's requests, installation and `/health`; null for no port, as Socket Mode needs none. 0 for any free one. */
  readonly port: number | null
  /** Folder of the data of Model Intake, with the journal of exams. */
  readonly home: string
  /** Folder of what the bot itself keeps. */
  readonly data: string
  /** The case files: an SQLite file, or the address of a Postgres database. */
  readonly store: string
  /** Public keys of others whose records count. */
  readonly trust: ReadonlyArray<string>
  readonly signingKey: string
  /** The file of plugins and their settings, `intake.config.ts`; null for the one in the working directory. */
  readonly plugins: string | null
  /** Slack's address in trials; null for the real one. */
  readonly apiUrl: string | null
  /** Ids of users and user groups; `*` is everybody. */
  readonly people: Readonly<Record<Right, ReadonlyArray<string>>>
  readonly exams: {
    /** The form offered first; null for S with specimens, A else. */
    readonly form: string | null
    readonly forms: ReadonlyArray<string>
    /** Most requests of an exam unless the dialog says otherwise. */
    readonly budgetRequests: number | null
    /** Most requests that the dialog may ask for. */
    readonly maxRequests: number | null
    readonly deadlineMinutes: number | null
    readonly atOnce: number
    /** Subjects that may be examined from Slack, `*` standing for any text; empty for all. */
    readonly models: ReadonlyArray<string>
    /** Null for all. What is left out is missing evidence, so that such an exam ends in quarantine at best. */
    readonly instruments: ReadonlyArray<InstrumentKey> | null
  }
  readonly gate: { readonly maxAgeMs: number; readonly requireGrade: Grade | null }
  readonly watchEveryMs: number
  /** How long before its end a verdict or waiver is announced. */
  readonly expiryNoticeMs: number
  /** How long after a quarantine the next exam falls due. */
  readonly reExamAfterMs: number
  /** Several workspaces: which ones may install, and where their tokens are kept (a file or a Postgres address). */
  readonly workspaces: {
    readonly teams: ReadonlyArray<string>
    readonly store: string
    readonly redirectUri: string | null
  } | null
  readonly secrets: Secrets
}

/** What a person may be allowed to do; reading is open to everybody who can use the app. */
export type Right = "examine" | "waive" | "watch"

/** The configuration as the parts of the bot read it. */
export class Settings extends Context.Service<Settings, Configuration>()("@model-intake/slack/Settings") {}

/** `intake-slack.json` in the working directory, or the file that `INTAKE_SLACK_CONFIG` names. */
export const loadSettings = Effect.fn("Configuration.load")(function* (
  environment: Environment,
  folder: string
): Effect.fn.Return<Configuration, UsageError> {
  const named = variable(environment, "INTAKE_SLACK_CONFIG")
  const file = resolve(folder, named ?? "intake-slack.json")
  const document = named === null && !existsSync(file) ? {} : yield* readJson(file)
  return yield* settingsFrom(document, { file, environment })
})

/** Checks the document of a configuration file and joins it with the environment. Paths are relative to the file. */
export const settingsFrom = Effect.fn("Configuration.from")(function* (
  document: unknown,
  { environment, file }: { readonly file: string; readonly environment: Environment }
): Effect.fn.Return<Configuration, UsageError> {
  const given = yield* Effect.mapError(decode(document), ({ issue }) => problemOf(file, issue))
  const inFolder = (path: string) => resolve(dirname(file), path)
  /** A form goes by its id, or by the path of its file or folder. */
  const formIn = (form: string) => (/[/\\]|\.json$/.test(form) ? inFolder(form) : form)
  const home = dataDirectory({ environment })
  const { exams = {}, gate = {}, people = {}, watches = {}, workspaces } = given
  const data = given.data === undefined ? join(home, "slack") : inFolder(given.data)
  for (const [name, store] of Object.entries({ store: given.store, "workspaces.store": workspaces?.store })) {
    if (store === undefined || !isPostgres(store) || URL.parse(store)?.password === "") continue
    return yield* new UsageError({
      message: `In ${file}, ${name} holds a password; put the address into ${name === "store" ? "INTAKE_STORE" : "INTAKE_SLACK_WORKSPACES"} instead`
    })
  }
  const place = (name: string, own: string | undefined, usual: string) => {
    const store = variable(environment, name) ?? own ?? usual
    return isPostgres(store) ? store : inFolder(store)
  }
  const mode = given.mode ?? "socket"
  const several =
    workspaces === undefined
      ? null
      : {
          teams: workspaces.teams,
          store: place("INTAKE_SLACK_WORKSPACES", workspaces.store, join(data, "installations.json")),
          redirectUri: workspaces.redirectUri ?? null
        }
  const port = given.port ?? (mode === "http" || several !== null ? 3000 : null)
  const deadline = exams.deadline === undefined ? null : parseDuration(exams.deadline)!
  const { budgetRequests = null, maxRequests = null } = exams
  if (budgetRequests !== null && maxRequests !== null && budgetRequests > maxRequests) {
    return yield* new UsageError({ message: `In ${file}, exams.budgetRequests is above exams.maxRequests` })
  }
  return {
    mode,
    port,
    home,
    data,
    store: place("INTAKE_STORE", given.store, storeFile(home)),
    trust: [...(given.trust ?? []), ...(yield* trustFrom(environment))],
    signingKey: signingKeyFile(home),
    plugins: given.plugins === undefined ? null : inFolder(given.plugins),
    apiUrl: yield* apiUrlFrom(environment),
    people: { examine: people.examine ?? [], waive: people.waive ?? [], watch: people.watch ?? ["*"] },
    exams: {
      form: exams.form === undefined ? null : formIn(exams.form),
      forms: (exams.forms ?? ["A", "B", "S"]).map(formIn),
      budgetRequests: budgetRequests ?? maxRequests,
      maxRequests,
      deadlineMinutes: deadline === null ? null : Math.max(1, Math.round(deadline / 60_000)),
      atOnce: exams.atOnce ?? 1,
      models: exams.models ?? [],
      instruments: exams.instruments ?? null
    },
    gate: { maxAgeMs: parseDuration(gate.maxAge ?? "90d")!, requireGrade: gate.requireGrade ?? null },
    watchEveryMs: parseDuration(watches.every ?? "1m")!,
    expiryNoticeMs: parseDuration(watches.expiryNotice ?? "3d")!,
    reExamAfterMs: parseDuration(watches.reExamAfter ?? "30d")!,
    workspaces: several,
    secrets: yield* secretsFrom(environment, { mode, several: several !== null })
  }
})

const decode = Schema.decodeUnknownEffect(ConfigurationFile, { onExcessProperty: "error" })

/** Says where and what, never what was found. */
const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) =>
    issue._tag === "UnexpectedKey" ? "is no setting of the bot" : lowered(SchemaIssue.defaultLeafHook(issue)),
  checkHook: (issue) => {
    const says = SchemaIssue.defaultCheckHook(issue)
    return says === undefined ? undefined : lowered(says)
  }
})

const lowered = (says: string): string => (says.startsWith("Expected") ? `is not as e${says.slice(1)}` : says)

const problemOf = (file: string, issue: SchemaIssue.Issue): UsageError => {
  const [first] = format(issue).issues
  const path = (first?.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".")
  const says = (first?.message ?? "is wrong")
    .replace(/^is not as expected /, "has to be ")
    .replace(/^Expected /, "has to be ")
  return new UsageError({
    message: `In ${file}, ${path === "" ? "the document" : path.slice(0, 100)} ${says}; apps/slack/README.md lists the settings`
  })
}

const trustFrom = (environment: Environment): Effect.Effect<ReadonlyArray<string>, UsageError> => {
  const keys = (variable(environment, "INTAKE_TRUST") ?? "").split(",").map((key) => key.trim().toLowerCase())
  const wrong = keys.findIndex((key) => key !== "" && !/^[0-9a-f]{64}$/.test(key))
  return wrong < 0
    ? Effect.succeed(keys.filter((key) => key !== ""))
    : Effect.fail(
        new UsageError({ message: `Key ${wrong + 1} of INTAKE_TRUST is no public key; give 64 hexadecimal digits` })
      )
}

/** Tokens go to this address, so nobody but this machine may be named without encryption. */
const apiUrlFrom = (environment: Environment): Effect.Effect<string | null, UsageError> => {
  const text = variable(environment, "SLACK_API_URL")
  if (text === null) return Effect.succeed(null)
  const url = URL.parse(text)
  const loopback = url?.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)
  return url !== null && (url.protocol === "https:" || loopback)
    ? Effect.succeed(url.href.endsWith("/") ? url.href : `${url.href}/`)
    : Effect.fail(
        new UsageError({ message: "SLACK_API_URL is no https address; leave it out, except in trials on this machine" })
      )
}
