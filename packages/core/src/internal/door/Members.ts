/**
 * What a plugin made, as a plain object: its own members and those of its classes, whose methods stay bound to it. A
 * spread would lose what a class inherits.
 */
export const membersOf = <A extends object>(made: A): A => {
  const members: Record<PropertyKey, unknown> = {}
  for (let owner: object | null = made; owner !== null && owner !== Object.prototype; ) {
    for (const key of Object.getOwnPropertyNames(owner)) {
      if (key === "constructor" || Object.hasOwn(members, key)) continue
      const member: unknown = Reflect.get(owner, key, made)
      members[key] = typeof member === "function" ? member.bind(made) : member
    }
    owner = Object.getPrototypeOf(owner) as object | null
  }
  return members as A
}
