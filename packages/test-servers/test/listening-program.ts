/** A program that listens on a port, after a line of shell. */
export function listeningProgram(port: number, before: string): string[] {
  const code = `require("net").createServer().listen(${port}, "127.0.0.1")`;
  return ["sh", "-c", `${before}\nexec "${process.execPath}" -e '${code}'`];
}
