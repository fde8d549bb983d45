/** Strict reading of markup: whatever is not a tag of ours must not look like one. */

const tag = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"<>]*")?)*)\s*(\/?)>/g

/** Tags with the names of their attributes, in order; throws where a stray angle bracket is left. */
export const skeleton = (markup: string): ReadonlyArray<string> => {
  const bare = markup
    .replace(/^<!doctype html>|^<\?xml version="1.0" encoding="UTF-8"\?>/, "")
    .replace(/<style>[^<]*<\/style>/, "")
  const rest = bare.replaceAll(tag, "")
  const stray = rest.search(/[<>]/)
  if (stray >= 0) throw new Error(`stray markup at ${JSON.stringify(rest.slice(Math.max(0, stray - 60), stray + 60))}`)
  return [...bare.matchAll(tag)].map(
    ([, close, name, attributes]) =>
      `${close}${name} ${[...attributes!.matchAll(/\s+([\w:-]+)(?:="[^"]*")?/g)].map(([, attribute]) => attribute).join(" ")}`
  )
}

/** Why a text is not well-formed XML 1.0, as far as a report uses it; null where it is. */
export const xmlProblem = (xml: string): string | null => {
  const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(xml)
  if (forbidden !== null) return `forbidden character ${forbidden[0].codePointAt(0)}`
  if (/&(?!#\d+;)/.test(xml)) return "a bare ampersand"
  const open: Array<string> = []
  for (const [, close, name, attributes, selfClosing] of xml.matchAll(tag)) {
    const names = [...attributes!.matchAll(/\s+([\w:-]+)(?:="[^"]*")?/g)].map(([, attribute]) => attribute)
    if (new Set(names).size !== names.length) return `${name} repeats an attribute`
    if (close === "/" && open.pop() !== name) return `${name} closes nothing`
    if (close === "" && selfClosing === "") open.push(name!)
  }
  skeleton(xml)
  return open.length === 0 ? null : `${open.join(", ")} not closed`
}
