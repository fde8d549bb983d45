/** Readers of transcript files: streams of any size, plain or gzip. */
export * from "./TranscriptReader.ts"
