/** Connections that Node forgets to listen to. */
import type { Agent } from "node:http";

/**
 * Keeps an error of one of the agent's connections from ending the process. When a server has answered before it took the
 * whole request, and then ends the connection, Node (20) stops listening before it tells the error; nobody waits for
 * that connection any more.
 *
 * @returns the agent
 */
export function hearErrors<A extends Agent>(agent: A): A {
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (...given) => {
    const connection = createConnection(...given);
    connection?.on("error", () => undefined);
    return connection;
  };
  return agent;
}
