/** Keeps keys and tokens out of everything that is printed, stored or reported. */

/** What stands in the place of a secret. */
export const redacted = "[redacted]"

/**
 * The text with each secret taken out, also where it is JSON-escaped, URL-encoded, in hexadecimal or in base64 (alone or
 * within `Basic` credentials), every fragment of it of at least eight characters, and what looks like a key of
 * anybody's, such as `sk-…` or `Bearer …`.
 */
export const redact = (text: string, secrets: ReadonlyArray<string> = []): string => {
  let clean = text
  for (const secret of secrets) {
    if (secret.length === 0) continue
    for (const form of secretForms(secret)) clean = clean.replaceAll(form, redacted)
    clean = withoutFragments(clean, secret)
  }
  return clean.replaceAll(keyLike, (_whole, prefix: string | undefined) => `${prefix ?? ""}${redacted}`)
}

/** Whether the text holds a secret whole, in any of the forms that {@link redact} knows; short ones are no secrets. */
export const holdsSecret = (text: string, secrets: ReadonlyArray<string>): boolean =>
  secrets.some((secret) => secret.length >= fragment && secretForms(secret).some((form) => text.includes(form)))

/** The shortest part of a secret that is taken out alone. */
const fragment = 8

const keyLike =
  /\b((?:Bearer|Basic)\s+)[\w.~+/=-]{8,}|\b(?:sk|pk|rk|xai|xox[a-z])-[\w*.…-]{8,}|\b(?:hf|gsk|ghp|gho)_\w{8,}|\bAIza[\w-]{20,}/g

const secretForms = (secret: string): ReadonlyArray<string> => {
  const known = formsOf.get(secret)
  if (known !== undefined) return known
  const bytes = Buffer.from(secret, "utf8")
  const encoded = encodeURIComponent(secret)
  const hex = bytes.toString("hex")
  const forms = new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    encoded.replaceAll("%20", "+")
  ])
  if (secret.length >= fragment) {
    for (const form of [hex, hex.toUpperCase(), ...base64Forms(bytes)]) forms.add(form)
  }
  const longestFirst = [...forms].filter((form) => form.length > 0).sort((a, b) => b.length - a.length)
  if (formsOf.size > 100) formsOf.clear()
  formsOf.set(secret, longestFirst)
  return longestFirst
}

const formsOf = new Map<string, ReadonlyArray<string>>()

/** What base64 makes of the bytes at each of the three offsets at which they may stand in a longer text. */
const base64Forms = (bytes: Buffer): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
    const inner = whole
      .toString("base64")
      .replaceAll("=", "")
      .slice(Math.ceil((offset * 8) / 6), Math.floor((whole.length * 8) / 6))
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")]
  })

const withoutFragments = (text: string, secret: string): string => {
  if (secret.length < fragment || text.length < fragment) return text
  const parts = new Set<string>()
  for (let start = 0; start + fragment <= secret.length; start++) parts.add(secret.slice(start, start + fragment))
  let clean = ""
  let kept = 0
  for (let start = 0; start + fragment <= text.length; start++) {
    if (!parts.has(text.slice(start, start + fragment))) continue
    let end = start + fragment
    while (end < text.length && parts.has(text.slice(end + 1 - fragment, end + 1))) end++
    clean += text.slice(kept, start) + redacted
    kept = end
    start = end - 1
  }
  return clean + text.slice(kept)
}
