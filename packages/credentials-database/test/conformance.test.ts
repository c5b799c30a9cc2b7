import { blockSuite } from "@sluice/core/testing";
import { DatabaseCredentials } from "../src/index.ts";

const connectArgs = { passFile: "a-path-to-passwords" };
const tls = { mode: "verify-ca", ca: "/etc/ca.pem", cert: "/etc/cert.pem", key: "a-secret-key" } as const;

blockSuite({
  type: DatabaseCredentials,
  sample: {
    ...{ driver: "postgresql+asyncpg", username: "ada", password: "a-password", database: "shop" },
    ...{ host: "db.acme.example", port: "5433", query: { application_name: "reports" } },
    ...{ connectArgs, tls, maxConnections: 2 },
  },
  wire: {
    ...{ driver: "postgresql+asyncpg", username: "ada", password: "a-password", database: "shop" },
    ...{ host: "db.acme.example", port: "5433", query: { application_name: "reports" } },
    ...{ connect_args: connectArgs, tls, max_connections: 2 },
  },
  without: ["url"],
});

blockSuite({
  type: DatabaseCredentials,
  sample: { url: "postgresql://ada:a-password@db.acme.example/shop", connectArgs, tls, maxConnections: 2 },
  wire: {
    url: "postgresql://ada:a-password@db.acme.example/shop",
    ...{ connect_args: connectArgs, tls, max_connections: 2 },
  },
  without: ["driver", "username", "password", "database", "host", "port", "query"],
});
