import type { DatabaseCredentials } from "@sluice/credentials-database";
import { Client } from "pg";

export async function today(credentials: DatabaseCredentials): Promise<string> {
  const connection = await credentials.postgresConnection();
  const client = new Client(connection);
  try {
    await client.connect();
    const { rows } = await client.query<{ day: string }>("select current_date::text as day");
    return rows[0]?.day ?? "";
  } catch (error) {
    // What is wrong, with the name of the block and what to do.
    throw credentials.explain(error, connection);
  } finally {
    await client.end();
  }
}
