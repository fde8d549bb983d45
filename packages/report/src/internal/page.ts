/** The frame of a report in HTML: no script, nothing loaded, and a policy that says so. */
import { createHash } from "node:crypto"
import { type Html, html, trusted } from "./html.ts"
import { stylesheet } from "./stylesheet.ts"

const styleHash = createHash("sha256").update(stylesheet).digest("base64")
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`

/** A whole document. */
export const page = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(stylesheet)}</style>
</head>
<body>
${body}
</body>
</html>
`.markup
