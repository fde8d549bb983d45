/**
 * The schema, the same for both databases. The log is the whole truth: the other tables are what it says in columns, for
 * people who ask in SQL, and nothing here reads them to decide. All of them refuse to change or lose a row.
 */
import * as Effect from "effect/Effect"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"

export const migrationsTable = "intake_migrations"

/** Every table but the log, and the columns of each. `sequence` points into the log. */
const projections: Readonly<Record<string, string>> = {
  intake_subjects:
    "name TEXT PRIMARY KEY, backend TEXT NOT NULL, model TEXT NOT NULL, revision TEXT, sequence INTEGER NOT NULL",
  intake_lineage:
    "sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, parent TEXT, reference TEXT, benign_tune TEXT, who TEXT NOT NULL",
  intake_interventions:
    "sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, type TEXT NOT NULL, regime TEXT, made_at TEXT NOT NULL, who TEXT NOT NULL, checkpoint_before TEXT, checkpoint_after TEXT, steps INTEGER, result TEXT NOT NULL, replication TEXT NOT NULL, orthogonality TEXT NOT NULL",
  intake_exams:
    "sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, reference TEXT, form TEXT NOT NULL, seed TEXT NOT NULL, issued_at TEXT NOT NULL",
  intake_readings:
    "sequence INTEGER NOT NULL, part TEXT NOT NULL, instrument TEXT NOT NULL, instrument_version TEXT NOT NULL, outcome TEXT NOT NULL, severity INTEGER, estimate DOUBLE PRECISION, lower_bound DOUBLE PRECISION, upper_bound DOUBLE PRECISION, n INTEGER NOT NULL, rated INTEGER NOT NULL, total INTEGER NOT NULL, replicated TEXT NOT NULL, PRIMARY KEY (sequence, part, instrument)",
  intake_verdicts:
    "sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, level TEXT NOT NULL, lower_level TEXT NOT NULL, upper_level TEXT NOT NULL, disposition TEXT NOT NULL, pending INTEGER NOT NULL, grade TEXT NOT NULL, issued_at TEXT NOT NULL",
  intake_waivers:
    "sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, context TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, valid_from TEXT NOT NULL, valid_until TEXT NOT NULL",
  intake_waiver_revocations:
    "sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, waiver TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL",
  intake_watch_notes: "sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, who TEXT NOT NULL, says TEXT NOT NULL"
}

const log = `CREATE TABLE intake_log (
  sequence INTEGER PRIMARY KEY,
  previous TEXT UNIQUE,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  issued_at TEXT NOT NULL,
  body TEXT NOT NULL,
  key_id TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  signature TEXT NOT NULL
)`

const tables = ["intake_log", ...Object.keys(projections)]

const sqliteTriggers: ReadonlyArray<string> = [
  ...tables.flatMap((table) =>
    ["UPDATE", "DELETE"].map(
      (event) =>
        `CREATE TRIGGER ${table}_no_${event.toLowerCase()} BEFORE ${event} ON ${table}
         BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END`
    )
  ),
  `CREATE TRIGGER intake_log_chain BEFORE INSERT ON intake_log
   WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM intake_log)
     OR NEW.previous IS NOT (SELECT digest FROM intake_log ORDER BY sequence DESC LIMIT 1)
     OR EXISTS (SELECT 1 FROM intake_log WHERE digest = NEW.digest)
   BEGIN SELECT RAISE(ABORT, 'intake_log takes only the next record of its chain'); END`
]

const postgresTriggers: ReadonlyArray<string> = [
  `CREATE FUNCTION intake_append_only() RETURNS trigger LANGUAGE plpgsql AS
   $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`,
  ...tables.flatMap((table) => [
    `CREATE TRIGGER ${table}_no_change BEFORE UPDATE OR DELETE ON ${table}
     FOR EACH ROW EXECUTE FUNCTION intake_append_only()`,
    `CREATE TRIGGER ${table}_no_truncate BEFORE TRUNCATE ON ${table}
     FOR EACH STATEMENT EXECUTE FUNCTION intake_append_only()`
  ]),
  `CREATE FUNCTION intake_chain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     IF NEW.sequence IS DISTINCT FROM (SELECT coalesce(max(sequence), 0) + 1 FROM intake_log)
       OR NEW.previous IS DISTINCT FROM (SELECT digest FROM intake_log ORDER BY sequence DESC LIMIT 1)
     THEN RAISE EXCEPTION 'intake_log takes only the next record of its chain'; END IF;
     RETURN NEW; END $$`,
  `CREATE TRIGGER intake_log_chain BEFORE INSERT ON intake_log FOR EACH ROW EXECUTE FUNCTION intake_chain()`
]

const caseFiles = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const triggers = sql.onDialectOrElse({ pg: () => postgresTriggers, orElse: () => sqliteTriggers })
  const statements = [
    log,
    "CREATE INDEX intake_log_subject ON intake_log (subject, kind)",
    ...Object.entries(projections).map(([table, columns]) => `CREATE TABLE ${table} (${columns})`),
    ...triggers
  ]
  yield* Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
})

/** Lineages and interventions are read of all subjects at once; without it that took reading every verdict. */
const kindIndex = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe("CREATE INDEX intake_log_kind ON intake_log (kind)")
})

/** What was released once is never changed: a store goes from one to the next. */
const migrations = { "1_case_files": caseFiles, "2_kind_index": kindIndex }

/** The number of the newest migration; a store beyond it was written by a newer version. */
export const newestMigration = Object.keys(migrations).length

/** Brings the schema up to date. Processes that start at once wait for each other. */
export const migrate = Migrator.make({})({ loader: Migrator.fromRecord(migrations), table: migrationsTable })
