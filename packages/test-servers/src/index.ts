/** Real servers for tests. */
export type { AzuriteOptions } from "./azurite.ts";
export { describeWithServer } from "./describe-with-server.ts";
export type { EmulatorOptions } from "./emulator.ts";
export { findProgram, peerPath } from "./find-program.ts";
export { type HttpServer, startHttpServer } from "./http-server.ts";
export { passOn } from "./pass-on.ts";
export type { PostgresOptions } from "./postgres.ts";
export { type ReceivedRequest, type Receiver, startReceiver } from "./receiver.ts";
export type { SambaOptions } from "./samba.ts";
export { type ServerName, type ServerOptions, startServer } from "./servers.ts";
export type { SmtpOptions } from "./smtp.ts";
export { startStubServer } from "./stub-server.ts";
export type { MissingServer, TestServer } from "./test-server.ts";
export { startTroubleProxy } from "./trouble-proxy.ts";
export type { Trouble, TroubledServer } from "./troubled-server.ts";
