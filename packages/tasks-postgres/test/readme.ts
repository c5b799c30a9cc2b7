import { flow } from "@sluice/core";
import { copyOutOfPostgres, executePostgres, queryPostgres, sql } from "@sluice/tasks-postgres";
import { z } from "zod";

const customer = z.object({ name: z.string(), total: z.coerce.number() });

export const closing = flow(
  { name: "closing", parameters: z.object({ day: z.string() }) },
  async ({ day }) => {
    await executePostgres("shop", sql`update orders set is_closed = true where day = ${day}`);
    const best = await queryPostgres(
      "shop",
      sql.typed(
        customer,
      )`select name, sum(total) as total from orders where day = ${day} group by 1 order by 2 desc`,
    );
    await copyOutOfPostgres("shop", sql`select * from orders where day = ${day}`, {
      fileSystem: "local-file-system/reports",
      path: `${day}.csv`,
    });
    return best[0]?.name;
  },
);
