/** Puts the versions of the packages that state their own into their source; runs after `changeset version`. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { read, root, workspacePackages } from "./workspace.ts"

for (const { path, manifest } of workspacePackages) {
  if (!path.startsWith("plugins/") && path !== "packages/core") continue
  const file = `${path}/src/${path === "packages/core" ? "CoreVersion" : "index"}.ts`
  writeFileSync(
    join(root, file),
    read(file).replace(/^const version = ".*"$/m, `const version = "${manifest.version}"`)
  )
}
