/** Names that a misspelt one may have meant. */

/**
 * The known names nearest to a text, nearest first: at most a third of its characters inserted, left out, replaced or
 * swapped with their neighbour (restricted Damerau-Levenshtein distance), whatever the case. A text without a backend or
 * without a revision is compared with names without theirs.
 */
export const closeNames = (text: string, names: Iterable<string>, limit = 3): ReadonlyArray<string> => {
  const wanted = text.toLowerCase()
  const most = Math.max(1, Math.floor(wanted.length / 3))
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceTo(wanted, name.toLowerCase(), most) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name)
}

const distanceTo = (wanted: string, name: string, most: number): number => {
  const unversioned = wanted.includes("@") ? name : name.replace(/@[^@/]*$/, "")
  const comparable = wanted.includes(":") ? unversioned : unversioned.slice(unversioned.indexOf(":") + 1)
  return Math.abs(comparable.length - wanted.length) > most
    ? Number.POSITIVE_INFINITY
    : editDistance(wanted, comparable)
}

/** Restricted Damerau-Levenshtein (optimal string alignment) distance in UTF-16 code units. */
export const editDistance = (a: string, b: string): number => {
  let beforeLast: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current.push(
        Math.min(
          last[column]! + 1,
          current[column - 1]! + 1,
          last[column - 1]! + (same ? 0 : 1),
          swapped ? beforeLast[column - 2]! + 1 : Number.POSITIVE_INFINITY
        )
      )
    }
    beforeLast = last
    last = current
  }
  return last[b.length]!
}
