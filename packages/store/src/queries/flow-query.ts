/** Lists and counts flows. */
import type { FlowQuery } from "@sluice/protocol";
import type { RawBuilder } from "kysely";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { countStatement, listRowsStatement, orderBy } from "./list-statement.ts";
import { queryDialect } from "./query-dialect.ts";
import { flowMatches } from "./related.ts";

const TABLE = "flow";
const ID = "flow.id";

const ORDERS: Readonly<Record<NonNullable<FlowQuery["sort"]>, RawBuilder<unknown>>> = {
  CREATED_DESC: orderBy("flow.created", ID, "desc"),
  UPDATED_DESC: orderBy("flow.updated", ID, "desc"),
  NAME_ASC: orderBy("flow.name", ID, "asc"),
  NAME_DESC: orderBy("flow.name", ID, "desc"),
};

export function listFlows(dialectName: SqlDialectName, query: FlowQuery): SqlStatement {
  const dialect = queryDialect(dialectName);
  const order = ORDERS[query.sort ?? "NAME_ASC"];
  return listRowsStatement(dialect, {
    table: TABLE,
    condition: flowMatches(dialect, query),
    order,
    page: query,
  });
}

export function countFlows(dialectName: SqlDialectName, query: FlowQuery): SqlStatement {
  const dialect = queryDialect(dialectName);
  return countStatement(dialect, { table: TABLE, condition: flowMatches(dialect, query) });
}
