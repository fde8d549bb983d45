/** The floor of screening: gunzip, split into lines, parse JSON, and nothing else. Prints the number of lines. */
import { createReadStream } from "node:fs"
import { createGunzip } from "node:zlib"

const chunkBytes = 256 * 1024
const decoder = new TextDecoder()
let rest = ""
let lines = 0
const source = createReadStream(process.argv[2], { highWaterMark: chunkBytes })
for await (const chunk of source.pipe(createGunzip({ chunkSize: chunkBytes }))) {
  const text = rest + decoder.decode(chunk, { stream: true })
  let start = 0
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
    JSON.parse(text.slice(start, end))
    lines++
    start = end + 1
  }
  rest = text.slice(start)
}
console.log(lines)
