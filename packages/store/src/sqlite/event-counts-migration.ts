/** Counts of events, kept by triggers so that they are right whatever writes and deletes events. */
import type { Migration } from "../schema/migration.ts";

/** The spans of `queries/counted-range.ts`. */
const SPANS: readonly number[] = [3600, 60];

/** When the span of an instant began, in seconds since 1970. */
function startOf(occurred: string, span: number): string {
  const seconds = `unixepoch(substr(${occurred}, 1, 19))`;
  // The remainder of SQLite has the sign of what is divided.
  return `${seconds} - ((${seconds} % ${span}) + ${span}) % ${span}`;
}

const COUNT = SPANS.map(
  (span) => `
  INSERT INTO event_count (event, span, start, count) VALUES (NEW.event, ${span}, ${startOf("NEW.occurred", span)}, 1)
    ON CONFLICT (event, span, start) DO UPDATE SET count = count + 1;`,
);

const DISCOUNT = SPANS.map((span) => {
  const isSpan = `event = OLD.event AND span = ${span} AND start = ${startOf("OLD.occurred", span)}`;
  return `
  UPDATE event_count SET count = count - 1 WHERE ${isSpan};
  DELETE FROM event_count WHERE ${isSpan} AND count = 0;`;
});

/** In the order of an index, one event after another: groups of instants would be sorted on disk first, all of them. */
const FILL = `
INSERT INTO event_count (event, span, start, count)
  SELECT event, 60, ${startOf("occurred", 60)}, 1 FROM event ORDER BY event, occurred
  ON CONFLICT (event, span, start) DO UPDATE SET count = count + 1;
INSERT INTO event_count (event, span, start, count)
  SELECT event, 3600, start - ((start % 3600) + 3600) % 3600 AS hour, sum(count) FROM event_count WHERE span = 60 GROUP BY event, hour;
`;

export const EVENT_COUNTS: Migration = {
  name: "counts of events",
  up: `
CREATE TABLE event_count (
  event TEXT NOT NULL,
  span INTEGER NOT NULL,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (event, span, start)
) WITHOUT ROWID;
${FILL}
CREATE TRIGGER event_counted AFTER INSERT ON event BEGIN${COUNT.join("")}
END;
CREATE TRIGGER event_discounted AFTER DELETE ON event BEGIN${DISCOUNT.join("")}
END;
`,
  down: `
DROP TRIGGER event_discounted;
DROP TRIGGER event_counted;
DROP TABLE event_count;
`,
};
