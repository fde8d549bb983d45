/** This copy of core, as other copies use it for the plugins that were defined with it. */
import * as Context from "effect/Context"
import * as References from "effect/References"
import type * as Scope from "effect/Scope"
import { Backends } from "../../Backend.ts"
import { coreVersion } from "../../CoreVersion.ts"
import type { Given, Plugin } from "../../PluginContract.ts"
import { pluginConventions } from "../../PluginConventions.ts"
import { backendsOf } from "./BackendService.ts"
import type { PluginCopy, WrittenService } from "./Copy.ts"
import { promisedScoped, promisedService } from "./Promised.ts"
import { toStandard } from "./Standard.ts"

export const ownCopy: PluginCopy = {
  contract: pluginConventions.contract,
  core: coreVersion,
  settings: toStandard,
  make: (defined, settings, host) => {
    const plugin = defined as Plugin
    const context = Context.empty().pipe(
      // Standard output is for the documents of the command.
      Context.add(References.LogToStderr, true),
      Context.add(Backends, backendsOf(host.backends))
    )
    return promisedScoped(
      context,
      (call): Given<WrittenService, unknown, Backends | Scope.Scope> => plugin.make(settings, { ...host, ...call }),
      (service) => promisedService(plugin.kind, () => context, service),
      host
    )
  }
}
