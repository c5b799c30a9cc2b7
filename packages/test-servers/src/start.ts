/** Servers outside of tests: this entry does not load vitest. */
export { findProgram } from "./find-program.ts";
export { type ServerName, type ServerOptions, startServer } from "./servers.ts";
export type { MissingServer, TestServer } from "./test-server.ts";
