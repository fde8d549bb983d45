/**
 * Blocks as a page that looks about as Slack shows them, to look at cards without a workspace. It reads mrkdwn as
 * Slack does: what formats there formats here, so that a card that can be broken looks broken.
 */
import type { ContextBlockElement, HomeView, KnownBlock, ModalView, TextObject } from "@slack/types"
import type { Message } from "../src/cards/Message.ts"

/** A message of the bot in a channel. */
export const messagePage = ({ blocks }: Message, { thread = false } = {}): string =>
  page(
    `<div class="message${thread ? " thread" : ""}"><div class="avatar">In</div><div class="body"><p class="who"><b>Intake</b><span class="app">APP</span><time>9:41 AM</time></p>${blocksHtml(blocks)}</div></div>`
  )

export const homePage = ({ blocks }: HomeView): string =>
  page(
    `<div class="home"><p class="tabs"><b>Home</b><span>Messages</span><span>About</span></p>${blocksHtml(blocks)}</div>`
  )

export const modalPage = ({ blocks, close, submit, title }: ModalView): string =>
  page(
    `<div class="modal"><div class="title"><b>${escaped(title.text)}</b><span>✕</span></div><div class="inside">${blocksHtml(blocks)}</div><div class="foot"><span class="button">${escaped(close?.text ?? "Close")}</span><span class="button primary">${escaped(submit?.text ?? "")}</span></div></div>`
  )

const blocksHtml = (blocks: ReadonlyArray<unknown>): string =>
  blocks.map((block) => blockHtml(block as KnownBlock)).join("\n")

const blockHtml = (block: KnownBlock): string => {
  switch (block.type) {
    case "header":
      return `<h2>${textHtml(block.text)}</h2>`
    case "divider":
      return "<hr>"
    case "section":
      return `<div class="section"><div class="text">${block.text === undefined ? "" : textHtml(block.text)}${
        block.fields === undefined
          ? ""
          : `<div class="fields">${block.fields.map((field) => `<div>${textHtml(field)}</div>`).join("")}</div>`
      }</div>${block.accessory === undefined ? "" : elementHtml(block.accessory)}</div>`
    case "context":
      return `<div class="context">${block.elements.map(contextHtml).join("")}</div>`
    case "actions":
      return `<div class="actions">${block.elements.map(elementHtml).join("")}</div>`
    case "input":
      return `<div class="input"><label>${textHtml(block.label)}${block.optional === true ? " <small>(optional)</small>" : ""}</label>${elementHtml(block.element)}${block.hint === undefined ? "" : `<p class="hint">${textHtml(block.hint)}</p>`}</div>`
    default:
      throw new Error(`nothing draws a block of type ${block.type}`)
  }
}

const contextHtml = (element: ContextBlockElement): string =>
  element.type === "image" ? "" : `<p>${textHtml(element)}</p>`

interface Element {
  readonly type: string
  readonly text?: TextObject
  readonly style?: string
  readonly placeholder?: TextObject
  readonly initial_value?: string
  readonly initial_date?: string
  readonly multiline?: boolean
  readonly options?: ReadonlyArray<{
    readonly text: TextObject
    readonly description?: TextObject
    readonly value?: string
  }>
  readonly initial_option?: { readonly text: TextObject; readonly value?: string }
}

const elementHtml = (given: unknown): string => {
  const element = given as Element
  switch (element.type) {
    case "button":
      return `<span class="button ${element.style ?? ""}">${textHtml(element.text!)}</span>`
    case "static_select":
      return `<span class="field">${element.initial_option === undefined ? '<span class="empty">Choose an option</span>' : textHtml(element.initial_option.text)}<i>⌄</i></span>`
    case "datepicker":
      return `<span class="field">${escaped(element.initial_date ?? "Choose a date")}</span>`
    case "radio_buttons":
    case "checkboxes":
      return (element.options ?? [])
        .map(
          (option) =>
            `<p class="choice"><span class="${element.type}${option.value === element.initial_option?.value ? " on" : ""}"></span><span>${textHtml(option.text)}${option.description === undefined ? "" : `<small>${textHtml(option.description)}</small>`}</span></p>`
        )
        .join("")
    case "plain_text_input":
    case "number_input":
      return `<span class="field${element.multiline === true ? " tall" : ""}">${element.initial_value === undefined ? `<span class="empty">${escaped(element.placeholder?.text ?? "")}</span>` : escaped(element.initial_value)}</span>`
    default:
      throw new Error(`nothing draws an element of type ${element.type}`)
  }
}

const textHtml = (text: TextObject): string => (text.type === "plain_text" ? escaped(text.text) : mrkdwnHtml(text.text))

/** Code first, because nothing formats inside it. */
const mrkdwnHtml = (text: string): string =>
  text
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part, index) => {
      if (index % 2 === 0) return formatted(part)
      return part.startsWith("```")
        ? `<pre>${entities(part.slice(3, -3).replace(/^\n|\n$/g, ""))}</pre>`
        : `<code>${entities(part.slice(1, -1))}</code>`
    })
    .join("")
    .split("\n")
    .map((line) =>
      /^(>|&gt;) ?/.test(line) ? `<blockquote>${line.replace(/^(>|&gt;) ?/, "")}</blockquote>` : `${line}<br>`
    )
    .join("")
    .replaceAll(/(<br>)+(?=<blockquote>|$)/g, "")
    .replaceAll(/<pre>[\s\S]*?<\/pre>/g, (code) => code.replaceAll("<br>", "\n"))

const formatted = (text: string): string =>
  text
    .replaceAll(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, "$1")
    .replaceAll(/<@([A-Z0-9]+)>/g, '<span class="mention">@ada</span>')
    .replaceAll(/<#([A-Z0-9]+)>/g, '<span class="mention">#releases</span>')
    .replaceAll(/<!(channel|here|everyone)>/g, '<span class="mention">@$1</span>')
    .replaceAll(/<(https?:[^|>]+)(?:\|([^>]*))?>/g, (_, url: string, label?: string) => `<a>${label ?? url}</a>`)
    .replaceAll(/(?<![\w*])\*([^*\n]+)\*(?![\w*])/g, "<b>$1</b>")
    .replaceAll(/(?<!\w)_([^_\n]+)_(?!\w)/g, "<i>$1</i>")
    .replaceAll(/(?<!\w)~([^~\n]+)~(?!\w)/g, "<s>$1</s>")
    .replaceAll(/:([a-z0-9_+-]+):/g, (code, name: string) => emoji[name] ?? code)

/** What Slack unescapes stays escaped in HTML. */
const entities = (text: string): string => text.replaceAll(/<(?!\/?(?:br|b|i)>)/g, "&lt;")

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

const circle = (fill: string, edge = fill) =>
  `<svg class="emoji" viewBox="0 0 20 20"><circle cx="10" cy="10" r="8.6" fill="${fill}" stroke="${edge}"/></svg>`
const sign = (fill: string, mark: string) =>
  `<svg class="emoji" viewBox="0 0 20 20"><rect x="1" y="1" width="18" height="18" rx="4" fill="${fill}"/><text x="10" y="15" text-anchor="middle" font-size="13" font-weight="bold" fill="#fff">${mark}</text></svg>`

/** Stand-ins for the pictures that Slack has for these names. */
const emoji: Readonly<Record<string, string>> = {
  large_green_circle: circle("#2bac47"),
  large_yellow_circle: circle("#f0b400"),
  red_circle: circle("#d8302f"),
  black_circle: circle("#2b2b2b"),
  white_circle: circle("#f2f2f2", "#b0b0b0"),
  white_check_mark: sign("#2bac47", "✓"),
  no_entry: `<svg class="emoji" viewBox="0 0 20 20"><circle cx="10" cy="10" r="9" fill="#d8302f"/><rect x="4.5" y="8.3" width="11" height="3.4" fill="#fff"/></svg>`,
  grey_question: sign("#9aa0a6", "?"),
  hourglass_flowing_sand: sign("#b58a4a", "…"),
  microscope: sign("#5b7083", "⚗"),
  octagonal_sign: sign("#d8302f", "✕"),
  unlock: sign("#c59a2f", "⚷"),
  lock: sign("#c59a2f", "⚷"),
  eyes: sign("#6b6b6b", "◉"),
  bell: sign("#e0a800", "♪"),
  no_bell: sign("#9aa0a6", "♪"),
  warning: `<svg class="emoji" viewBox="0 0 20 20"><path d="M10 1 19.5 18.5H.5Z" fill="#f0b400"/><text x="10" y="16.5" text-anchor="middle" font-size="13" font-weight="bold">!</text></svg>`
}

const page = (body: string): string =>
  `<!doctype html><meta charset="utf-8"><style>${style}</style><body>${body}</body>${measure}`

const measure =
  "<script>document.body.dataset.height=Math.max(Math.ceil(document.body.firstElementChild.getBoundingClientRect().bottom+20),260)</script>"

const style = `
*{box-sizing:border-box}body{margin:0;padding:16px 20px;background:#fff;color:#1d1c1d;font:15px/1.46668 Lato,Carlito,"DejaVu Sans Condensed",sans-serif}
p{margin:0}.message{display:flex;gap:8px;max-width:720px}.thread{max-width:560px}.avatar{flex:none;width:36px;height:36px;border-radius:8px;background:#24508f;color:#fff;font-weight:700;display:grid;place-items:center}
.body{flex:1;min-width:0}.who{display:flex;gap:6px;align-items:center}.who .app{background:#e8e8e8;color:#616061;font-size:10px;font-weight:700;border-radius:2px;padding:1px 3px}.who time{color:#616061;font-size:12px}
h2{font-size:18px;line-height:1.3;margin:8px 0 4px;overflow-wrap:anywhere}hr{border:0;border-top:1px solid #ddd;margin:12px 0}
.section{display:flex;gap:16px;margin:8px 0;max-width:600px;justify-content:space-between;overflow-wrap:anywhere}.section .text{min-width:0;flex:1}.fields{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px}
.context{color:#616061;font-size:13px;line-height:1.4;margin:6px 0;display:flex;flex-wrap:wrap;gap:2px 8px;max-width:600px;overflow-wrap:anywhere}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}.button{display:inline-flex;align-items:center;height:28px;flex:none;border:1px solid rgba(29,28,29,.3);border-radius:4px;padding:0 12px;font-size:13px;font-weight:700;background:#fff;white-space:nowrap}
.button.primary{background:#007a5a;border-color:#007a5a;color:#fff}.button.danger{background:#e01e5a;border-color:#e01e5a;color:#fff}
code{font:12px/1.5 "DejaVu Sans Mono",monospace;color:#c01343;background:rgba(29,28,29,.04);border:1px solid rgba(29,28,29,.13);border-radius:3px;padding:2px 3px 1px;white-space:pre-wrap}
pre{font:12px/1.5 "DejaVu Sans Mono",monospace;background:rgba(29,28,29,.04);border:1px solid rgba(29,28,29,.13);border-radius:4px;padding:8px;margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere}
blockquote{margin:4px 0;padding:0 0 0 12px;border-left:4px solid #ddd}.emoji{width:18px;height:18px;vertical-align:-4px}.mention{background:#e8f5fa;color:#1264a3;border-radius:3px;padding:0 2px}a{color:#1264a3}
.home{max-width:660px}.tabs{display:flex;gap:16px;border-bottom:1px solid #ddd;padding-bottom:6px;margin-bottom:12px;color:#616061}.tabs b{color:#1d1c1d}
.modal{width:520px;border-radius:8px;box-shadow:0 0 0 1px #ccc,0 8px 24px rgba(0,0,0,.2)}.title,.foot{display:flex;justify-content:space-between;padding:14px 24px;font-size:20px}.foot{justify-content:flex-end;gap:8px;border-top:1px solid #ddd}.inside{padding:0 24px 8px}
.input{margin:12px 0}.input label{font-weight:700;display:block;margin-bottom:4px}.input small,.hint{color:#616061;font-weight:400;font-size:13px}.field{display:flex;justify-content:space-between;min-height:36px;border:1px solid #868686;border-radius:4px;padding:6px 12px}.field.tall{min-height:72px}.empty{color:#868686}
.choice{display:flex;gap:8px;margin:2px 0}.choice small{display:block}.radio_buttons,.checkboxes{flex:none;width:16px;height:16px;margin-top:3px;border:1px solid #868686;border-radius:50%}.checkboxes{border-radius:3px}.on{border:5px solid #1264a3}`
