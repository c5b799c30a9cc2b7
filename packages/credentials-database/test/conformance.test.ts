import { blockSuite } from "@sluice/core/testing";
import { DatabaseCredentials } from "../src/index.ts";

blockSuite({
  type: DatabaseCredentials,
  sample: {
    driver: "postgresql",
    username: "reports",
    password: "a-database-password",
    database: "shop",
    host: "db.example",
    port: 5433,
    query: { application_name: "reports" },
    connectArgs: { options: "-c statement_timeout=5s" },
    tls: { mode: "verify-full" },
    maxConnections: 3,
  },
  wire: {
    driver: "postgresql",
    username: "reports",
    password: "a-database-password",
    database: "shop",
    host: "db.example",
    port: 5433,
    query: { application_name: "reports" },
    connect_args: { options: "-c statement_timeout=5s" },
    tls: { mode: "verify-full" },
    max_connections: 3,
  },
  without: ["url"],
});

blockSuite({
  type: DatabaseCredentials,
  sample: { url: "postgresql://reports:a-database-password@db.example/shop" },
  wire: { url: "postgresql://reports:a-database-password@db.example/shop", max_connections: 5 },
  without: [...["driver", "username", "password", "database", "host", "port", "query", "connectArgs", "tls"]],
});
