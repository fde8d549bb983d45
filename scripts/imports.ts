/** The import graph of the workspace: every source file with the files and packages that it imports. */
import { globSync } from "node:fs"
import { dirname, posix } from "node:path"
import { read, root, type WorkspacePackage } from "./workspace.ts"

/** Relative imports of a package's own sources, by file. Types count: a word that needs another word is an arrow too. */
export const fileGraph = ({ path }: WorkspacePackage): ReadonlyMap<string, ReadonlyArray<string>> => {
  const files = globSync("src/**/*.ts", { cwd: `${root}/${path}` }).map((file) => `${path}/${file}`)
  const known = new Set(files)
  return new Map(
    files.map((file) => [
      file,
      specifiersIn(read(file))
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => posix.join(dirname(file), specifier))
        .filter((target) => known.has(target))
    ])
  )
}

/** What a source text imports or exports from, dynamic imports included. */
export const specifiersIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/^(?:import|export)\b[^"';]*?\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/gm)].map(
    ([, one, other]) => one ?? other!
  )

/**
 * Circles of a graph: its strongly connected components of more than one node (Tarjan, 1972).
 */
export const circlesOf = (graph: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<ReadonlyArray<string>> => {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: Array<string> = []
  const circles: Array<ReadonlyArray<string>> = []
  const visit = (node: string): void => {
    index.set(node, index.size)
    low.set(node, index.get(node)!)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) {
        visit(next)
        low.set(node, Math.min(low.get(node)!, low.get(next)!))
      } else if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, index.get(next)!))
    }
    if (low.get(node) !== index.get(node)) return
    const circle = stack.splice(stack.indexOf(node))
    if (circle.length > 1) circles.push(circle.sort())
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return circles
}
