/** A process that starts a server, says where it listens, and then does nothing. */
import { runServer } from "../src/run-server.ts";
import { listeningProgram } from "./listening-program.ts";

const { port } = await runServer((freePort) => ({ command: listeningProgram(freePort, "") }));
process.stdout.write(`${port}\n`);
