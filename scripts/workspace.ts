/** The packages of the workspace, as the scripts see them. */
import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("..", import.meta.url))

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly description?: string
  readonly license?: string
  /** What the registry of built-in plugins needs to know: raters of a lower precedence come first (0 by default). */
  readonly intake?: { readonly precedence?: number }
  readonly type?: string
  readonly engines?: Readonly<Record<string, string>>
  readonly exports?: unknown
  readonly publishConfig?: { readonly exports?: unknown; readonly access?: string }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export interface WorkspacePackage {
  /** Relative to the root, with forward slashes, such as `plugins/raters/linear`. */
  readonly path: string
  readonly manifest: Manifest
}

export const read = (path: string): string => readFileSync(join(root, path), "utf8")

export const workspacePackages: ReadonlyArray<WorkspacePackage> = globSync(
  ["packages/*/package.json", "plugins/*/*/package.json", "apps/*/package.json"],
  { cwd: root }
)
  .sort()
  .map((file) => ({ path: dirname(file), manifest: JSON.parse(read(file)) as Manifest }))
