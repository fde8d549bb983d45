/** Text for people, whatever it is shown in. */

/** Cuts to at most so many characters, the last an ellipsis where something was cut. */
export const truncate = (text: string, limit: number): string => {
  if (text.length <= limit) return text
  const characters = [...text]
  return characters.length <= limit
    ? text
    : `${characters
        .slice(0, Math.max(0, limit - 1))
        .join("")
        .trimEnd()}…`
}

/** Lines of at most `columns` characters, each after an indent; words are cut only where they are longer than a line. */
export const wrap = (text: string, columns: number, indent: string): ReadonlyArray<string> => {
  const room = Math.max(20, columns - indent.length)
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ").flatMap((each) => each.match(new RegExp(`.{1,${room}}`, "gu")) ?? [])) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(indent + line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return line === "" ? lines : [...lines, indent + line]
}

/** A character by its number, such as `⟨U+200B⟩`: for those that hide or reorder what stands beside them. */
export const codePointName = (character: string): string =>
  `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`
