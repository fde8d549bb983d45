/** Target domains: how often answers fail in each. Placement reads context-independent drift from it. */
import { type Form, factorOf, type Reading } from "@model-intake/core"
import { correctedRate, type JudgedAnswer, type RaterAccuracy } from "@model-intake/instruments"

/** Target domains by item id. */
export const domainsOf = (form: Form): ReadonlyMap<string, string> =>
  new Map(form.items.map((item) => [item.id, String(factorOf(item, null, "domain"))]))

/** Failing share of the answers of each domain, corrected, what is missing in the denominator. */
export const domainRates = (
  answers: ReadonlyArray<JudgedAnswer>,
  domains: ReadonlyMap<string, string>,
  accuracy: RaterAccuracy | null
): Reading["domains"] =>
  [...Map.groupBy(answers, ({ row }) => domains.get(row.trial.item) ?? row.trial.item)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, own]) => ({
      name,
      value: correctedRate(own.filter(({ value }) => value === true).length / own.length, accuracy),
      n: own.length
    }))

export const byDomain = (domains: Reading["domains"]): string =>
  `By domain: ${domains.map(({ name, value }) => `${name} ${Math.round(value * 100)} %`).join(", ")}.`
