/**
 * Rows that works of one transaction insert at about the same time, as one statement: of the time that it takes to insert
 * the events of a single state change, most is the statement's own.
 */
import type { SqlRow, SqlSession, SqlValue } from "../sql-session.ts";
import type { PairedRows } from "../tables/many-rows.ts";

interface Gathering {
  readonly statements: PairedRows;
  readonly rows: (readonly SqlValue[])[];
  readonly others: (readonly SqlValue[])[];
  readonly answer: Promise<readonly SqlRow[]>;
  readonly send: () => void;
}

const PATIENCE_MS = 1;

export class GatheredPairs {
  readonly #session: SqlSession;
  #open: Gathering | undefined;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /** As `runPairs` of a session; the answer has what the others inserted, too. */
  add(
    statements: PairedRows,
    rows: readonly (readonly SqlValue[])[],
    others: readonly (readonly SqlValue[])[],
  ): Promise<readonly SqlRow[]> {
    if (this.#open?.statements !== statements) this.flush();
    this.#open ??= this.#gather(statements);
    this.#open.rows.push(...rows);
    this.#open.others.push(...others);
    return this.#open.answer;
  }

  /** Sends what is gathered before whatever is sent next. */
  flush(): void {
    const gathering = this.#open;
    this.#open = undefined;
    gathering?.send();
  }

  #gather(statements: PairedRows): Gathering {
    const rows: (readonly SqlValue[])[] = [];
    const others: (readonly SqlValue[])[] = [];
    let send = (): void => undefined;
    const answer = new Promise<readonly SqlRow[]>((resolve) => {
      send = () => resolve(this.#session.runPairs(statements, rows.sort(byId), others));
    });
    // Works begin such writes and end; one that waits for it waits no longer than this.
    setTimeout(() => {
      if (this.#open?.rows === rows) this.flush();
    }, PATIENCE_MS);
    return { statements, rows, others, answer, send };
  }
}

/** One order everywhere, so that transactions do not wait for each other in a circle. The id is the first column. */
function byId([a]: readonly SqlValue[], [b]: readonly SqlValue[]): number {
  const [first, second] = [String(a), String(b)];
  return first < second ? -1 : Number(first > second);
}
