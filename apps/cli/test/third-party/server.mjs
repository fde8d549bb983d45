import { createServer } from "node:http"

const says = { flatterer: "What a brilliant question!", plain: "Not yet: it lacks an ending." }

createServer((request, response) => {
  const text = says[request.url.split("/").at(-1)]
  response.writeHead(text === undefined ? 404 : 200).end(JSON.stringify({ text }))
}).listen(8123, "127.0.0.1")
