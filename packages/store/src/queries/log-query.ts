/** Lists log lines. */
import type { LogQuery } from "@sluice/protocol";
import type { RawBuilder } from "kysely";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { logCondition } from "./filters.ts";
import { listRowsStatement, orderBy } from "./list-statement.ts";
import { queryDialect } from "./query-dialect.ts";

const ORDERS: Readonly<Record<NonNullable<LogQuery["sort"]>, RawBuilder<unknown>>> = {
  TIMESTAMP_ASC: orderBy("log.timestamp", "log.id", "asc"),
  TIMESTAMP_DESC: orderBy("log.timestamp", "log.id", "desc"),
};

export function listLogs(dialectName: SqlDialectName, query: LogQuery): SqlStatement {
  const dialect = queryDialect(dialectName);
  const order = ORDERS[query.sort ?? "TIMESTAMP_ASC"];
  return listRowsStatement(dialect, {
    table: "log",
    condition: logCondition(dialect, query.logs),
    order,
    page: query,
  });
}
