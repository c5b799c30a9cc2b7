/** Counts of events, kept by triggers so that they are right whatever writes and deletes events. */
import type { Migration } from "../schema/migration.ts";

/** The spans of `queries/counted-range.ts`. */
const SPANS = "(VALUES (3600), (60)) AS spans (span)";
const START = "(floor(date_part('epoch', occurred) / span) * span)::bigint";

/**
 * What is counted now is counted by every transaction that writes events, and a row belongs to one of them until it ends;
 * so every connection has rows of its own, as far as there are shards. The count of a span is the sum of its rows. Rows are
 * touched in one order everywhere, so that transactions do not wait for each other in a circle.
 */
const SHARDS = 16;

export const EVENT_COUNTS: Migration = {
  name: "counts of events",
  up: `
CREATE TABLE event_count (
  event text COLLATE "C" NOT NULL,
  span integer NOT NULL,
  start bigint NOT NULL,
  shard integer NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (event, span, start, shard)
) WITH (fillfactor = 50);
INSERT INTO event_count (event, span, start, shard, count)
  SELECT event, span, ${START} AS start, 0, count(*) FROM event, ${SPANS}
  GROUP BY event, span, 3 ORDER BY event, span, 3;
CREATE FUNCTION count_inserted_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event_count (event, span, start, shard, count)
    SELECT event, span, ${START} AS start, pg_backend_pid() % ${SHARDS}, count(*) FROM inserted, ${SPANS}
    GROUP BY event, span, ${START} ORDER BY event, span, start
    ON CONFLICT (event, span, start, shard) DO UPDATE SET count = event_count.count + excluded.count;
  RETURN NULL;
END $$;
CREATE FUNCTION count_deleted_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone record;
  rest bigint;
BEGIN
  FOR gone IN
    SELECT event, span, ${START} AS start, count(*) AS count FROM deleted, ${SPANS}
    GROUP BY event, span, ${START} ORDER BY event, span, start
  LOOP
    WITH taken AS (
      DELETE FROM event_count WHERE event = gone.event AND span = gone.span AND start = gone.start RETURNING count
    ) SELECT coalesce(sum(count), 0) - gone.count INTO rest FROM taken;
    IF rest <> 0 THEN
      INSERT INTO event_count (event, span, start, shard, count)
        VALUES (gone.event, gone.span, gone.start, pg_backend_pid() % ${SHARDS}, rest)
        ON CONFLICT (event, span, start, shard) DO UPDATE SET count = event_count.count + excluded.count;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER event_counted AFTER INSERT ON event REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION count_inserted_events();
CREATE TRIGGER event_discounted AFTER DELETE ON event REFERENCING OLD TABLE AS deleted
  FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_events();
`,
  down: `
DROP TRIGGER event_discounted ON event;
DROP TRIGGER event_counted ON event;
DROP FUNCTION count_deleted_events();
DROP FUNCTION count_inserted_events();
DROP TABLE event_count;
`,
};
