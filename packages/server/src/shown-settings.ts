/** The settings of a server that its users may see. */
import type { ServerOptions } from "./server-options.ts";

/** Without secrets: of what must not be seen it says whether it is set. */
export function shownSettings(options: ServerOptions, location: string): Readonly<Record<string, unknown>> {
  const { host, port, basePath, authString, hasCsrfProtection, corsOrigins } = options;
  return {
    server: {
      database: location,
      api: {
        host,
        port,
        base_path: basePath ?? null,
        auth_string: authString === undefined ? null : "********",
        csrf_protection_enabled: hasCsrfProtection,
        cors_allowed_origins: corsOrigins?.join(","),
        max_body_bytes: options.maxBodyBytes,
      },
      services_enabled: options.hasServices,
      prefect_version: options.prefectVersion,
    },
  };
}
