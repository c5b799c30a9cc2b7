/** Real servers for tests. */
export type { AzuriteOptions } from "./azurite.ts";
export { describeWithServer } from "./describe-with-server.ts";
export type { EmulatorOptions } from "./emulator.ts";
export { findProgram, peerPath } from "./find-program.ts";
export type { SambaOptions } from "./samba.ts";
export { type ServerName, type ServerOptions, startServer } from "./servers.ts";
export type { SmtpOptions } from "./smtp.ts";
export type { MissingServer, TestServer } from "./test-server.ts";
export { startTroubleProxy, type Trouble, type TroubleProxy } from "./trouble-proxy.ts";
