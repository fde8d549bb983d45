/** The journal of exams: every response before it counts, in a SQLite file or in memory. */
export * from "./Journal.ts"
export * from "./JournalReader.ts"
export * from "./JournalSqlite.ts"
