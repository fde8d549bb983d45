/**
 * Exact questions about tables. A table over a few dozen small integers is compiled into a reduced, ordered decision
 * diagram (Bryant 1986, with as many branches as a fact has values); then "is it monotone", "is it total" and "is it
 * ever below that one" are answered for every input, and a counter-example is a path.
 */
import { baseFacts, type Condition, type FactName, maximumOf, type Rule } from "./lattice.ts"

/** A leaf holds a value; any other node branches on a fact. Equal diagrams are the same object. */
export interface Diagram {
  readonly id: number
  /** Position in {@link baseFacts}; Infinity for a leaf. */
  readonly fact: number
  readonly value: number
  readonly children: ReadonlyArray<Diagram>
}

/** Values of the facts that matter; whatever is not named may be anything, 0 among others. */
export type Assignment = Readonly<Partial<Record<FactName, number>>>

/** Value of a table where no rule fires. */
export const undecided = -1

/** Diagrams that can be compared with each other. */
export const makeDiagrams = () => {
  const unique = new Map<string, Diagram>()

  const intern = (key: string, make: (id: number) => Diagram): Diagram => {
    const known = unique.get(key)
    if (known !== undefined) return known
    const made = make(unique.size)
    unique.set(key, made)
    return made
  }

  const leaf = (value: number): Diagram =>
    intern(`=${value}`, (id) => ({ id, fact: Number.POSITIVE_INFINITY, value, children: [] }))

  const branch = (fact: number, children: ReadonlyArray<Diagram>): Diagram =>
    children.every((child) => child === children[0])
      ? children[0]!
      : intern(`${fact}:${children.map((child) => child.id)}`, (id) => ({ id, fact, value: Number.NaN, children }))

  /** Applies a function of two values pointwise. */
  const combine = (apply: (a: number, b: number) => number, left: Diagram, right: Diagram): Diagram => {
    const memo = new Map<string, Diagram>()
    const go = (a: Diagram, b: Diagram): Diagram => {
      if (a.fact === b.fact && a.children.length === 0) return leaf(apply(a.value, b.value))
      const key = `${a.id},${b.id}`
      const known = memo.get(key)
      if (known !== undefined) return known
      const fact = Math.min(a.fact, b.fact)
      const made = branch(
        fact,
        valuesAt(fact).map((value) => go(cofactor(a, fact, value), cofactor(b, fact, value)))
      )
      memo.set(key, made)
      return made
    }
    return go(left, right)
  }

  const map = (apply: (value: number) => number, diagram: Diagram): Diagram => combine(apply, diagram, leaf(0))

  const add = (a: number, b: number) => a + b

  /** 1 where the condition holds, 0 elsewhere. Derived facts are looked up as diagrams of their own. */
  const condition = (when: Condition, derived: Partial<Record<FactName, Diagram>>): Diagram => {
    if ("always" in when) return leaf(1)
    if ("all" in when)
      return fold(
        Math.min,
        leaf(1),
        when.all.map((part) => condition(part, derived))
      )
    if ("any" in when)
      return fold(
        Math.max,
        leaf(0),
        when.any.map((part) => condition(part, derived))
      )
    if ("not" in when) return map((value) => 1 - value, condition(when.not, derived))
    if ("count" in when) {
      const hits = when.count.map((code) => map((value) => Number(value >= when.severity), factDiagram(code)))
      return map((count) => Number(count >= when.atLeast), fold(add, leaf(0), hits))
    }
    const input = derived[when.input] ?? factDiagram(when.input)
    return map((value) => Number("atLeast" in when ? value >= when.atLeast : value <= when.atMost), input)
  }

  const factDiagram = (fact: FactName): Diagram => {
    const position = (baseFacts as ReadonlyArray<FactName>).indexOf(fact)
    return branch(position, valuesAt(position).map(leaf))
  }

  const fold = (apply: (a: number, b: number) => number, start: Diagram, parts: ReadonlyArray<Diagram>): Diagram =>
    parts.reduce((whole, part) => combine(apply, whole, part), start)

  /** The worst rank among the rules that fire, or `otherwise` where none does. */
  const table = <R extends Rule>(
    rules: ReadonlyArray<R>,
    rank: (rule: R) => number,
    derived: Partial<Record<FactName, Diagram>>,
    otherwise: number
  ): Diagram =>
    fold(
      Math.max,
      leaf(otherwise),
      rules.map((rule) => map((fires) => (fires === 1 ? rank(rule) : otherwise), condition(rule.when, derived)))
    )

  return { combine, condition, map, table }
}

/** An input where the first diagram is above the second, or null if there is none. */
export const findAbove = (above: Diagram, below: Diagram): Assignment | null => {
  const refuted = new Set<string>()
  const go = (a: Diagram, b: Diagram): Assignment | null => {
    if (a === b) return null
    if (a.children.length === 0 && b.children.length === 0) return a.value > b.value ? {} : null
    const key = `${a.id},${b.id}`
    if (refuted.has(key)) return null
    const fact = Math.min(a.fact, b.fact)
    for (const value of valuesAt(fact)) {
      const found = go(cofactor(a, fact, value), cofactor(b, fact, value))
      if (found !== null) return { ...found, [baseFacts[fact]!]: value }
    }
    refuted.add(key)
    return null
  }
  return go(above, below)
}

/** An input and a fact whose rise by one lowers the diagram, or null if it is monotone. */
export const findDescent = (
  diagram: Diagram
): { readonly fact: FactName; readonly from: number; readonly at: Assignment } | null => {
  const seen = new Set<number>()
  const go = (node: Diagram, path: Assignment): ReturnType<typeof findDescent> => {
    if (node.children.length === 0 || seen.has(node.id)) return null
    seen.add(node.id)
    const fact = baseFacts[node.fact]!
    for (const [from, child] of node.children.slice(0, -1).entries()) {
      const found = findAbove(child, node.children[from + 1]!)
      if (found !== null) return { fact, from, at: { ...path, ...found } }
    }
    for (const [value, child] of node.children.entries()) {
      const found = go(child, { ...path, [fact]: value })
      if (found !== null) return found
    }
    return null
  }
  return go(diagram, {})
}

/** An input where the diagram has that value, or null if it never has. */
export const findValue = (diagram: Diagram, value: number): Assignment | null => {
  const refuted = new Set<number>()
  const go = (node: Diagram): Assignment | null => {
    if (node.children.length === 0) return node.value === value ? {} : null
    if (refuted.has(node.id)) return null
    for (const [choice, child] of node.children.entries()) {
      const found = go(child)
      if (found !== null) return { ...found, [baseFacts[node.fact]!]: choice }
    }
    refuted.add(node.id)
    return null
  }
  return go(diagram)
}

const valuesAt = (fact: number): ReadonlyArray<number> =>
  Array.from({ length: maximumOf(baseFacts[fact]!) + 1 }, (_, value) => value)

const cofactor = (diagram: Diagram, fact: number, value: number): Diagram =>
  diagram.fact === fact ? diagram.children[value]! : diagram
