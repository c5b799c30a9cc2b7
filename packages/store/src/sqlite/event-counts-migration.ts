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

const FILL = SPANS.map(
  (span) => `
INSERT INTO event_count (event, span, start, count)
  SELECT event, ${span}, ${startOf("occurred", span)}, count(*) FROM event GROUP BY 1, 3;`,
);

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
${FILL.join("")}
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
