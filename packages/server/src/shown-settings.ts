/** The settings of a server that its users may see. */
import type { CompleteOptions } from "./server-options.ts";

/** Without secrets: of what must not be seen it says whether it is set. */
export function shownSettings(options: CompleteOptions, location: string): Readonly<Record<string, unknown>> {
  const { host, port, basePath, authString, hasCsrfProtection, corsOrigins, retention } = options;
  return {
    server: {
      database: location,
      api: {
        host,
        port,
        base_path: basePath ?? null,
        auth_string: authString === undefined ? null : "********",
        csrf_protection_enabled: hasCsrfProtection,
        cors_allowed_origins: corsOrigins.join(","),
        max_body_bytes: options.maxBodyBytes,
      },
      retention: {
        event_days: retention.eventDays,
        event_days_by_name: retention.eventDaysByName,
        log_days: retention.logDays,
        flow_run_days: retention.flowRunDays,
      },
      services_enabled: options.hasServices,
      prefect_version: options.prefectVersion,
    },
  };
}
