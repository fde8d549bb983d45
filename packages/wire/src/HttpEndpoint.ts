/** What settings and environment say of a server: its address and the secrets that go there. */

/** The value of an environment variable without white space around it; undefined where it is unset or empty. */
export const environmentValue = (name: string): string | undefined => {
  const value = process.env[name]?.trim()
  return value === "" ? undefined : value
}

/** The address as a URL; null unless it is an http or https address without credentials. */
export const parseHttpAddress = (address: string): URL | null => {
  const url = URL.canParse(address) ? new URL(address) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" ? url : null
}

/** Values of the headers that may hold a secret, without the scheme before them. */
export const secretHeaderValues = (headers: Readonly<Record<string, string>> = {}): ReadonlyArray<string> =>
  Object.entries(headers)
    .filter(([name]) => /auth|key|token|secret|cookie/i.test(name))
    .map(([, value]) => value.replace(/^\w+ /, ""))
