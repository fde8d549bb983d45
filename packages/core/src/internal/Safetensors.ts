/** Reads safetensors files: eight bytes of header length, a JSON header, then the tensors' bytes. Nothing is trusted. */
import { type FileHandle, open } from "node:fs/promises"
import * as Schema from "effect/Schema"

/** What is wrong with a file; the sentence goes on after the file's name. */
export class SafetensorsProblem extends Error {}

/** A tensor of floating-point numbers, row by row. */
export interface Tensor {
  readonly shape: ReadonlyArray<number>
  readonly data: Float32Array
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>
  readonly shapes: ReadonlyMap<string, ReadonlyArray<number>>
  /** Reads F32, F16 or BF16; the whole tensor or, by {@link SafetensorsProblem}, nothing. */
  readonly read: (name: string) => Promise<Tensor>
}

/** Opens `path` for the time of `use`. Rejects with {@link SafetensorsProblem}, or with the system's own error. */
export const withSafetensors = async <A>(path: string, use: (file: SafetensorsFile) => Promise<A>): Promise<A> => {
  const handle = await open(path, "r")
  try {
    const { size } = await handle.stat()
    const { header, dataStart } = await readHeader(handle, size)
    const tensors = checkLayout(header, size - dataStart)
    return await use({
      metadata: header.__metadata__ ?? {},
      shapes: new Map(tensors.map(({ name, shape }) => [name, shape])),
      read: async (name) => {
        const found = tensors.find((tensor) => tensor.name === name)
        if (found === undefined) throw new SafetensorsProblem(`has no tensor ${JSON.stringify(name)}`)
        const number = numbers[found.dtype]
        if (number === undefined) {
          const known = Object.keys(numbers).join(", ")
          throw new SafetensorsProblem(`holds ${JSON.stringify(name)} as ${found.dtype}; it must be one of ${known}`)
        }
        const bytes = await readBytes(handle, dataStart + found.begin, found.end - found.begin)
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        const width = bits[found.dtype]! / 8
        const data = new Float32Array(bytes.length / width)
        for (let index = 0; index < data.length; index++) data[index] = number(view, index * width)
        return { shape: found.shape, data }
      }
    })
  } finally {
    await handle.close()
  }
}

const Size = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const Entry = Schema.Struct({
  dtype: Schema.String,
  shape: Schema.Array(Size),
  data_offsets: Schema.Tuple([Size, Size])
})

const isEntry = Schema.is(Entry)
const isMetadata = Schema.is(Schema.Record(Schema.String, Schema.String))

interface Header {
  readonly __metadata__?: Readonly<Record<string, string>>
  readonly entries: ReadonlyArray<readonly [name: string, entry: typeof Entry.Type]>
}

/** The format's own limit on the header. */
const maxHeaderBytes = 100_000_000

const readHeader = async (
  handle: FileHandle,
  size: number
): Promise<{ readonly header: Header; readonly dataStart: number }> => {
  if (size < 8) throw new SafetensorsProblem(`is not a safetensors file: it has only ${size} bytes`)
  const length = Number((await readBytes(handle, 0, 8)).readBigUInt64LE())
  const opening = size > 8 ? (await readBytes(handle, 8, 1)).toString("latin1") : ""
  if (opening !== "{")
    throw new SafetensorsProblem("is not a safetensors file: no header follows its first eight bytes")
  if (length > size - 8 || length > maxHeaderBytes) {
    throw new SafetensorsProblem(`says that its header has ${length} bytes, but only ${size - 8} follow`)
  }
  return { header: parseHeader(await readBytes(handle, 8, length)), dataStart: 8 + length }
}

const parseHeader = (bytes: Buffer): Header => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch {
    throw new SafetensorsProblem("is not a safetensors file: its header is not JSON of the length it states")
  }
  const { __metadata__, ...rest } = value as Record<string, unknown>
  if (__metadata__ !== undefined && !isMetadata(__metadata__)) {
    throw new SafetensorsProblem("has metadata that are not texts by name")
  }
  const entries = Object.entries(rest).map(([name, entry]) => {
    if (!isEntry(entry))
      throw new SafetensorsProblem(`describes ${JSON.stringify(name)} without dtype, shape and offsets`)
    return [name, entry] as const
  })
  return { ...(__metadata__ === undefined ? {} : { __metadata__ }), entries }
}

interface Place {
  readonly name: string
  readonly dtype: string
  readonly shape: ReadonlyArray<number>
  /** Bytes from the start of the data. */
  readonly begin: number
  readonly end: number
}

/** The tensors in the order of their bytes, which they must cover without gap or overlap. */
const checkLayout = ({ entries }: Header, dataBytes: number): ReadonlyArray<Place> => {
  const places = entries
    .map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [begin, end]
        }
      ]) => ({ name, dtype, shape, begin, end })
    )
    .sort((a, b) => a.begin - b.begin || a.end - b.end)
  let covered = 0
  for (const { name, dtype, shape, begin, end } of places) {
    const quoted = JSON.stringify(name)
    const width = bits[dtype]
    if (width === undefined) throw new SafetensorsProblem(`holds ${quoted} as ${dtype}, which is no known type`)
    const expected = (shape.reduce((product, length) => product * length, 1) * width) / 8
    if (begin < covered) throw new SafetensorsProblem(`gives ${quoted} bytes that belong to another tensor`)
    if (begin > covered) throw new SafetensorsProblem(`leaves ${begin - covered} bytes before ${quoted} to no tensor`)
    if (end - begin !== expected) {
      throw new SafetensorsProblem(
        `gives ${quoted} ${end - begin} bytes, but ${dtype} [${shape.join(", ")}] takes ${expected}`
      )
    }
    if (end > dataBytes) {
      throw new SafetensorsProblem(`is truncated or its header is wrong: ${quoted} ends at byte ${end} of ${dataBytes}`)
    }
    covered = end
  }
  if (covered !== dataBytes) throw new SafetensorsProblem(`holds ${dataBytes - covered} bytes that belong to no tensor`)
  return places
}

const readBytes = async (handle: FileHandle, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) throw new SafetensorsProblem("became shorter while it was read")
    filled += bytesRead
  }
  return buffer
}

/** Bits of one element, by type. */
const bits: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  U16: 16,
  I16: 16,
  F16: 16,
  BF16: 16,
  U32: 32,
  I32: 32,
  F32: 32,
  U64: 64,
  I64: 64,
  F64: 64
}

/** Little-endian readers of the types that hold hidden states. */
const numbers: Readonly<Record<string, (view: DataView, offset: number) => number>> = {
  F32: (view, offset) => view.getFloat32(offset, true),
  F16: (view, offset) => halfFloat(view.getUint16(offset, true)),
  BF16: (view, offset) => {
    widened.setUint32(0, view.getUint16(offset, true) << 16)
    return widened.getFloat32(0)
  }
}

const widened = new DataView(new ArrayBuffer(4))

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
const halfFloat = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 31
  const fraction = half & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}
