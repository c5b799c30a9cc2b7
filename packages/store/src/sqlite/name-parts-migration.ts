/**
 * The names that flow runs have, each once, with an index of their trigrams, kept by triggers. The index refers to numbers
 * of its own table: those of flow runs change when a file is vacuumed.
 */
import { LONGEST_INDEXED_NAME } from "../queries/name-parts.ts";
import type { Migration } from "../schema/migration.ts";

const isIndexed = (row: string): string => `length(${row}.name) <= ${LONGEST_INDEXED_NAME}`;

const ADD = `
  INSERT INTO run_name (name, runs) SELECT NEW.name, 1 WHERE ${isIndexed("NEW")}
    ON CONFLICT (name) DO UPDATE SET runs = runs + 1;`;

const REMOVE = `
  UPDATE run_name SET runs = runs - 1 WHERE name = OLD.name;
  DELETE FROM run_name WHERE name = OLD.name AND runs = 0;`;

export const NAME_PARTS: Migration = {
  name: "flow runs by part of their name, events with their resource by time",
  up: `
CREATE TABLE run_name (
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  runs INTEGER NOT NULL
);
CREATE VIRTUAL TABLE run_name_part USING fts5 (
  name, content = 'run_name', content_rowid = 'key', tokenize = 'trigram', detail = 'none', columnsize = 0
);
INSERT INTO run_name (name, runs)
  SELECT name, count(*) FROM flow_run WHERE ${isIndexed("flow_run")} GROUP BY name;
INSERT INTO run_name_part (rowid, name) SELECT key, name FROM run_name;
CREATE INDEX flow_run_long_name ON flow_run (name) WHERE length(name) > ${LONGEST_INDEXED_NAME};
CREATE TRIGGER run_name_known AFTER INSERT ON run_name BEGIN
  INSERT INTO run_name_part (rowid, name) VALUES (NEW.key, NEW.name);
END;
CREATE TRIGGER run_name_forgotten AFTER DELETE ON run_name BEGIN
  INSERT INTO run_name_part (run_name_part, rowid, name) VALUES ('delete', OLD.key, OLD.name);
END;
CREATE TRIGGER flow_run_named AFTER INSERT ON flow_run BEGIN${ADD}
END;
CREATE TRIGGER flow_run_renamed AFTER UPDATE OF name ON flow_run WHEN OLD.name IS NOT NEW.name BEGIN${REMOVE}${ADD}
END;
CREATE TRIGGER flow_run_unnamed AFTER DELETE ON flow_run BEGIN${REMOVE}
END;
DROP INDEX event_occurred;
CREATE INDEX event_occurred ON event (occurred, id, resource_id);
`,
  down: `
DROP INDEX event_occurred;
CREATE INDEX event_occurred ON event (occurred, id);
DROP TRIGGER flow_run_unnamed;
DROP TRIGGER flow_run_renamed;
DROP TRIGGER flow_run_named;
DROP INDEX flow_run_long_name;
DROP TABLE run_name_part;
DROP TABLE run_name;
`,
};
