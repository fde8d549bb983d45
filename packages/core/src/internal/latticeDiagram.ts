/**
 * Exact questions about tables. A table over a few dozen small integers is compiled into a reduced, ordered decision
 * diagram (Bryant 1986, with as many branches as a fact has values); then "is it monotone", "is it total" and "is it
 * ever below that one" are answered for every input, and a counter-example is a path.
 */
import { type Condition, type FactName, maximumOf, type Positions, type Rule, tablePositions } from "./lattice.ts"

/** A leaf holds a value; any other node branches on a fact. Equal diagrams are the same object. */
export interface Diagram {
  readonly id: number
  /** Position of the fact, by which diagrams are ordered; Infinity for a leaf. */
  readonly order: number
  /** Null for a leaf. */
  readonly fact: FactName | null
  readonly value: number
  /** One for each value of the fact, from 0. */
  readonly children: ReadonlyArray<Diagram>
}

/** Values of the facts that matter, by their names; whatever is not named may be anything, 0 among others. */
export type Assignment = Readonly<Record<string, number>>

/** Value of a table where no rule fires. */
export const undecided = -1

/** Diagrams over facts at these positions, that can be compared with each other. */
export const makeDiagrams = (positions: Positions = tablePositions) => {
  const unique = new Map<string, Diagram>()

  const intern = (key: string, make: (id: number) => Diagram): Diagram => {
    const known = unique.get(key)
    if (known !== undefined) return known
    const made = make(unique.size)
    unique.set(key, made)
    return made
  }

  const leaf = (value: number): Diagram =>
    intern(`=${value}`, (id) => ({ id, order: Number.POSITIVE_INFINITY, fact: null, value, children: [] }))

  const branch = (order: number, fact: FactName | null, children: ReadonlyArray<Diagram>): Diagram =>
    children.every((child) => child === children[0])
      ? children[0]!
      : intern(`${order}:${children.map((child) => child.id)}`, (id) => ({
          id,
          order,
          fact,
          value: Number.NaN,
          children
        }))

  /** Applies a function of two values pointwise. */
  const combine = (apply: (a: number, b: number) => number, left: Diagram, right: Diagram): Diagram => {
    const memo = new Map<string, Diagram>()
    const go = (a: Diagram, b: Diagram): Diagram => {
      if (a.children.length === 0 && b.children.length === 0) return leaf(apply(a.value, b.value))
      const key = `${a.id},${b.id}`
      const known = memo.get(key)
      if (known !== undefined) return known
      const { children, fact, order } = upper(a, b)
      const made = branch(
        order,
        fact,
        children.map((_, value) => go(cofactor(a, order, value), cofactor(b, order, value)))
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
    const values = Array.from({ length: maximumOf(fact) + 1 }, (_, value) => value)
    return branch(positions(fact), fact, values.map(leaf))
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
    const { children, fact, order } = upper(a, b)
    for (const value of children.keys()) {
      const found = go(cofactor(a, order, value), cofactor(b, order, value))
      if (found !== null) return { ...found, [fact!]: value }
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
    if (node.fact === null || seen.has(node.id)) return null
    seen.add(node.id)
    const { fact } = node
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
    if (node.fact === null) return node.value === value ? {} : null
    if (refuted.has(node.id)) return null
    for (const [choice, child] of node.children.entries()) {
      const found = go(child)
      if (found !== null) return { ...found, [node.fact]: choice }
    }
    refuted.add(node.id)
    return null
  }
  return go(diagram)
}

/** Value of a diagram at an input whose unnamed facts are at their best. */
export const valueAt = (diagram: Diagram, at: Assignment): number => {
  let node = diagram
  while (node.fact !== null) node = node.children[at[node.fact] ?? 0]!
  return node.value
}

/** Whichever of two diagrams branches first. */
const upper = (a: Diagram, b: Diagram): Diagram => (a.order <= b.order ? a : b)

const cofactor = (diagram: Diagram, order: number, value: number): Diagram =>
  diagram.order === order ? diagram.children[value]! : diagram
