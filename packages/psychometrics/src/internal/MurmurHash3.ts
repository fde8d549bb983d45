const mixBlock = (block: number): number => {
  const scrambled = Math.imul(block, 0xcc9e2d51)
  return Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593)
}

/** MurmurHash3_x86_32 (A. Appleby, public domain) as an unsigned 32-bit integer. */
export const murmurHash3 = (bytes: Uint8Array, seed: number): number => {
  const blocks = bytes.length & ~3
  let hash = seed | 0
  for (let index = 0; index < blocks; index += 4) {
    const block = bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24)
    hash ^= mixBlock(block)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let index = bytes.length - 1; index >= blocks; index--) tail = (tail << 8) | bytes[index]!
  hash ^= mixBlock(tail)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
