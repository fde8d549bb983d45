/** Slack's published limits on messages and views. Each function returns what a payload breaks, in words; empty is good. */

type Fields = Readonly<Record<string, unknown>>
type Problems = ReadonlyArray<string>

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** A message as `chat.postMessage`, `chat.update`, a response URL and an ack take it. */
export const messageProblems = (message: Fields): Problems => {
  const blocks = listOf(message.blocks)
  const text = typeof message.text === "string" ? message.text : ""
  return [
    ...(text.trim() === "" ? ["a message has no text: notifications and screen readers have nothing"] : []),
    ...longer(text, 4000, "message text"),
    ...liveMentions(text, "message text"),
    ...(blocks.length > 50 ? [`a message has ${blocks.length} blocks, and 50 is the most`] : []),
    ...blocksProblems(blocks, "message")
  ]
}

/** A view as `views.open`, `views.update` and `views.publish` take it. */
export const viewProblems = (view: Fields): Problems => {
  const blocks = listOf(view.blocks)
  const inputs = blocks.some((block) => fieldsOf(block).type === "input")
  return [
    ...(view.type === "modal" || view.type === "home" ? [] : [`a view is of type ${String(view.type)}`]),
    ...(view.type === "modal"
      ? [
          ...plainText(view.title, 24, "modal title", true),
          ...plainText(view.submit, 24, "modal submit", inputs),
          ...plainText(view.close, 24, "modal close")
        ]
      : []),
    ...longer(view.callback_id, 255, "callback_id"),
    ...longer(view.private_metadata, 3000, "private_metadata"),
    ...longer(view.external_id, 255, "external_id"),
    ...(blocks.length > 100 ? [`a view has ${blocks.length} blocks, and 100 is the most`] : []),
    ...(Buffer.byteLength(JSON.stringify(view)) > 250_000 ? ["a view is larger than 250 kB"] : []),
    ...blocksProblems(blocks, String(view.type))
  ]
}

/** What an interactive callback is answered with: nothing, or errors, or another view. */
export const viewResponseProblems = (response: Fields): Problems => {
  if (response.response_action === undefined || response.response_action === "clear") return []
  if (response.response_action === "errors") {
    const errors = Object.entries(fieldsOf(response.errors))
    return errors.length === 0 ? ["a view is refused without saying why"] : []
  }
  return viewProblems(fieldsOf(response.view))
}

const blocksProblems = (blocks: ReadonlyArray<unknown>, surface: string): Problems => {
  const fields = blocks.map(fieldsOf)
  const actions = fields.flatMap(interactive).map(({ action_id }) => action_id)
  return [
    ...fields.flatMap((block, index) => blockProblems(block, surface).map((says) => `block ${index + 1}: ${says}`)),
    ...repeated(fields.map(({ block_id }) => block_id)).map((id) => `block_id ${id} is there twice`),
    ...repeated(actions).map((id) => `action_id ${id} is there twice`)
  ]
}

const interactive = (block: Fields): ReadonlyArray<Fields> =>
  [block.accessory, block.element, ...listOf(block.elements)]
    .map(fieldsOf)
    .filter(({ type }) => type !== undefined && !passive.has(String(type)))

const passive = new Set([
  "plain_text",
  "mrkdwn",
  "image",
  "rich_text_section",
  "rich_text_quote",
  "rich_text_list",
  "rich_text_preformatted"
])

const blockProblems = (block: Fields, surface: string): Problems => {
  const own = blockRules[String(block.type)]
  if (own === undefined) return [`${String(block.type)} is no block that this stand-in knows`]
  return [
    ...longer(block.block_id, 255, "block_id"),
    ...(surface === "message" && block.type === "input" ? ["inputs do not belong into these messages"] : []),
    ...own(block),
    ...interactive(block).flatMap(elementProblems)
  ]
}

const blockRules: Readonly<Record<string, (block: Fields) => Problems>> = {
  divider: () => [],
  header: ({ text }) => plainText(text, 150, "header", true),
  section: ({ fields, text }) => [
    ...(text === undefined && fields === undefined ? ["a section has neither text nor fields"] : []),
    ...anyText(text, 3000, "section text"),
    ...(fields === undefined ? [] : count(listOf(fields), 1, 10, "fields")),
    ...listOf(fields).flatMap((field) => anyText(field, 2000, "field", true))
  ],
  context: ({ elements }) => [
    ...count(listOf(elements), 1, 10, "context elements"),
    ...listOf(elements).flatMap((element) =>
      fieldsOf(element).type === "image" ? imageProblems(fieldsOf(element)) : anyText(element, 3000, "context", true)
    )
  ],
  actions: ({ elements }) => count(listOf(elements), 1, 25, "actions"),
  image: (block) => [...imageProblems(block), ...plainText(block.title, 2000, "image title")],
  input: ({ element, hint, label }) => [
    ...plainText(label, 2000, "input label", true),
    ...plainText(hint, 2000, "input hint"),
    ...(element === undefined ? ["an input has no element"] : [])
  ]
}

const imageProblems = ({ alt_text, image_url, slack_file }: Fields): Problems => [
  ...(typeof alt_text === "string" && alt_text.trim() !== ""
    ? longer(alt_text, 2000, "alt text")
    : ["an image has no alt text"]),
  ...longer(image_url, 3000, "image_url"),
  ...(image_url === undefined && slack_file === undefined ? ["an image has no source"] : [])
]

const elementProblems = (element: Fields): Problems => [
  ...(typeof element.action_id === "string" && element.action_id !== ""
    ? []
    : [`a ${String(element.type)} has no action_id`]),
  ...longer(element.action_id, 255, "action_id"),
  ...longer(element.value, 2000, "value"),
  ...longer(element.url, 3000, "url"),
  ...plainText(element.placeholder, 150, "placeholder"),
  ...confirmProblems(element.confirm),
  ...(elementRules[String(element.type)]?.(element) ?? [
    `${String(element.type)} is no element that this stand-in knows`
  ])
]

const options =
  (least: number, most: number) =>
  (element: Fields): Problems => {
    const given = listOf(element.options).map(fieldsOf)
    const initial = [element.initial_option, ...listOf(element.initial_options)].filter((one) => one !== undefined)
    return [
      ...count(given, least, most, "options"),
      ...given.flatMap((option) => [
        ...anyText(option.text, 75, "option", true),
        ...anyText(option.description, 75, "option description"),
        ...longer(option.value, 150, "option value")
      ]),
      ...initial
        .filter((one) => !given.some((option) => JSON.stringify(option) === JSON.stringify(one)))
        .map(() => "an initial option is not among the options")
    ]
  }

const none = (): Problems => []
const elementRules: Readonly<Record<string, (element: Fields) => Problems>> = {
  button: ({ accessibility_label, text }) => [
    ...plainText(text, 75, "button", true),
    ...longer(accessibility_label, 75, "accessibility label")
  ],
  static_select: options(1, 100),
  multi_static_select: options(1, 100),
  overflow: options(1, 5),
  radio_buttons: options(1, 10),
  checkboxes: options(1, 10),
  plain_text_input: ({ initial_value, max_length }) => [
    ...longer(initial_value, Number(max_length ?? 3000), "initial value"),
    ...(Number(max_length ?? 1) > 3000 ? ["max_length is over 3000"] : [])
  ],
  number_input: ({ is_decimal_allowed }) =>
    typeof is_decimal_allowed === "boolean" ? [] : ["a number_input does not say whether decimals are allowed"],
  datepicker: none,
  datetimepicker: none,
  conversations_select: none,
  channels_select: none,
  users_select: none
}

const confirmProblems = (value: unknown): Problems => {
  if (value === undefined) return []
  const { confirm, deny, text, title } = fieldsOf(value)
  return [
    ...plainText(title, 100, "confirm title", true),
    ...anyText(text, 300, "confirm text", true),
    ...plainText(confirm, 30, "confirm button", true),
    ...plainText(deny, 30, "deny button", true)
  ]
}

const plainText = (value: unknown, most: number, what: string, required = false): Problems => {
  if (value === undefined || value === null) return required ? [`${what} is missing`] : []
  return fieldsOf(value).type === "plain_text" ? anyText(value, most, what, required) : [`${what} is not plain_text`]
}

const anyText = (value: unknown, most: number, what: string, required = false): Problems => {
  if (value === undefined || value === null) return required ? [`${what} is missing`] : []
  const { text, type } = fieldsOf(value)
  if (typeof text !== "string" || text === "") return [`${what} is empty`]
  return [...longer(text, most, what), ...(type === "mrkdwn" ? liveMentions(text, what) : [])]
}

const longer = (value: unknown, most: number, what: string): Problems =>
  typeof value === "string" && value.length > most
    ? [`${what} has ${value.length} characters, and ${most} is the most`]
    : []

const count = (list: ReadonlyArray<unknown>, least: number, most: number, what: string): Problems =>
  list.length < least || list.length > most
    ? [`there are ${list.length} ${what}, and ${least} to ${most} are allowed`]
    : []

const repeated = (ids: ReadonlyArray<unknown>): ReadonlyArray<string> => {
  const given = ids.filter((id) => id !== undefined).map(String)
  return [...new Set(given.filter((id, index) => given.indexOf(id) !== index))]
}

/** Nothing that this bot writes calls a whole channel. */
const liveMentions = (text: string, what: string): Problems =>
  /<!(?!date\^)/.test(text) || /<@UHOSTILE/.test(text) ? [`${what} holds a live mention: ${text.slice(0, 80)}`] : []
