/** Puts the version of each plugin's package.json into its source; runs after `changeset version`. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { read, root, workspacePackages } from "./workspace.ts"

for (const { path, manifest } of workspacePackages) {
  if (!path.startsWith("plugins/")) continue
  const file = `${path}/src/index.ts`
  writeFileSync(
    join(root, file),
    read(file).replace(/^const version = ".*"$/m, `const version = "${manifest.version}"`)
  )
}
