/**
 * The Slack bot under load while an exam runs: commands at a steady rate from one process against one bot, with a
 * stand-in for Slack. Counts answers that are missing or doubled, and measures how long acknowledgements take from the
 * moment at which a command was due, so that a bot that stalls is not asked less often.
 *
 *   pnpm bench slack [--rate 200] [--seconds 30] [--mode http|socket]
 */
import { fork } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

type Json = Readonly<Record<string, unknown>>

/** What is used of the stand-in, which belongs to the tests of the bot. */
interface StandIn {
  readonly apiUrl: string
  readonly messages: ReadonlyArray<{ readonly ts: string; readonly thread: string | null; readonly text: string }>
  readonly views: ReadonlyArray<{ readonly id: string; readonly view: Json }>
  readonly problems: ReadonlyArray<string>
  readonly answers: (responseUrl: string) => ReadonlyArray<unknown>
  readonly until: <A>(what: string, find: () => A | undefined | false) => Promise<A>
  readonly socket: {
    readonly deliver: (type: string, payload: unknown) => Promise<unknown>
    readonly connected: () => Promise<void>
  }
  readonly close: () => Promise<void>
}
interface Delivery {
  readonly kind: string
  readonly payload: Json
  readonly responseUrl: string
}
interface Support {
  readonly openStandIn: (options: Json) => Promise<StandIn>
  readonly command: (slack: StandIn, text: string) => Delivery
  readonly submit: (slack: StandIn, view: Json, values: Json) => Delivery
  readonly post: (url: string, delivery: Delivery) => Promise<{ readonly status: number }>
  readonly envelopeOf: (delivery: Delivery) => string
  readonly signingSecret: string
  readonly seed: (home: string, subject: string) => Promise<unknown>
}

const app = new URL("../../apps/slack/", import.meta.url)
const load = async (name: string): Promise<object> =>
  (await import(new URL(`test/support/${name}.ts`, app).href)) as object
const support = { ...(await load("StandIn")), ...(await load("Deliveries")), ...(await load("Seed")) } as Support
const bundle = fileURLToPath(new URL("dist/app.js", app))

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "200" },
    seconds: { type: "string", default: "30" },
    mode: { type: "string" }
  }
})
const [rate, seconds] = [Number(values.rate), Number(values.seconds)]
const subject = "specimens:baseline"
const examined = "specimens:narrow-middle"
const questions = [
  `verdict ${subject}`,
  `gate ${subject} civilian`,
  `history ${subject}`,
  `verdict ${subject.replace("line", "lime")}`,
  "help"
]

const measure = async (mode: string): Promise<void> => {
  const home = mkdtempSync(join(tmpdir(), "intake-slack-bench-"))
  await support.seed(home, subject)
  const slack = await support.openStandIn({
    tokens: { T1: "xoxb-1-bench" },
    appToken: "xapp-1-bench",
    scopes: ["app_mentions:read", "chat:write", "commands", "files:write", "im:history"],
    channels: ["C1"]
  })
  writeFileSync(
    join(home, "intake-slack.json"),
    JSON.stringify({ mode, port: 0, people: { examine: ["*"], waive: [], watch: ["*"] }, exams: { atOnce: 1 } })
  )
  const bot = fork(bundle, [], {
    cwd: home,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: {
      PATH: process.env.PATH,
      INTAKE_HOME: home,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: "xoxb-1-bench",
      SLACK_APP_TOKEN: "xapp-1-bench",
      SLACK_SIGNING_SECRET: support.signingSecret
    }
  })
  const port = await new Promise<string>((resolve) => {
    bot.stdout!.on("data", (data) => {
      const found = /"port":(\d+)/.exec(String(data))?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  const url = `http://127.0.0.1:${port}/slack/events`
  if (mode === "socket") await slack.socket.connected()
  const deliver = async (delivery: Delivery): Promise<void> => {
    if (mode === "socket") await slack.socket.deliver(support.envelopeOf(delivery), delivery.payload)
    else {
      const { status } = await support.post(url, delivery)
      if (status !== 200) throw new Error(`answered with ${status}`)
    }
  }

  // An exam that runs beside the load.
  await deliver(support.command(slack, `exam ${examined}`))
  const { id, view } = await slack.until("the dialog", () => slack.views[0])
  await deliver(support.submit(slack, { ...view, id }, examValues))
  const progress = await slack.until("the exam", () =>
    slack.messages.find(({ text, thread }) => thread === null && / of \d/.test(text))
  )
  const hasEnded = () => slack.messages.some(({ thread }) => thread === progress.ts)

  const count = rate * seconds
  const acks: Array<number> = []
  const refused: Array<string> = []
  const asked: Array<Delivery> = []
  const under: Array<Promise<void>> = []
  const began = performance.now()
  for (let sent = 0; sent < count; sent++) {
    const due = began + (sent * 1000) / rate
    if (due > performance.now()) await pause(due - performance.now())
    const delivery = support.command(slack, questions[sent % questions.length]!)
    asked.push(delivery)
    under.push(
      deliver(delivery).then(
        () => void acks.push(performance.now() - due),
        (cause: unknown) => void refused.push(String(cause))
      )
    )
  }
  await Promise.all(under)
  const examRan = !hasEnded()
  const unanswered = () => asked.filter(({ responseUrl }) => slack.answers(responseUrl).length === 0).length
  const lastAck = performance.now()
  while (unanswered() > 0 && performance.now() < lastAck + 30_000) await pause(100)
  const drained = performance.now() - lastAck
  // Anything that is answered twice has time to show.
  await pause(2000)
  const doubled = asked.filter(({ responseUrl }) => slack.answers(responseUrl).length > 1).length
  acks.sort((a, b) => a - b)
  const quantile = (share: number) =>
    `${(acks[Math.max(0, Math.ceil(share * acks.length) - 1)] ?? Number.NaN).toFixed(1)} ms`
  console.log(
    `${mode}: ${asked.length} commands in ${((lastAck - began) / 1000).toFixed(1)} s; acknowledged ${acks.length}, refused ${refused.length}, unanswered ${unanswered()}, answered twice ${doubled}; ` +
      `the exam ${examRan ? "was still running" : "had ended"}`
  )
  console.log(
    `  acknowledged after: median ${quantile(0.5)}, p90 ${quantile(0.9)}, p99 ${quantile(0.99)}, p99.9 ${quantile(0.999)}, longest ${quantile(1)} (Slack's limit is 3,000 ms); last answer ${(drained / 1000).toFixed(1)} s after the last acknowledgement`
  )
  for (const says of [...new Set([...slack.problems, ...refused])].slice(0, 5)) console.log(`  problem: ${says}`)
  bot.kill("SIGKILL")
  await slack.close()
  rmSync(home, { recursive: true, force: true })
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const option = (value: string) => ({ selected_option: { value } })

/** As the dialog of an exam gives them. */
const examValues: Json = {
  "field.form": { form: option("S") },
  "field.reference": { reference: { value: "none" } },
  "field.context": { context: option("none") },
  "field.size": { size: option("full") },
  "field.replicate": { replicate: { selected_options: [] } },
  "field.budget": { budget: { value: null } }
}

if (existsSync(bundle)) {
  for (const mode of values.mode === undefined ? ["http", "socket"] : [values.mode]) await measure(mode)
} else {
  console.error("apps/slack is not built: run pnpm build first")
  process.exitCode = 2
}
