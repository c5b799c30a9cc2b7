/** Certificates for servers of this machine. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { programPath } from "./find-program.ts";

const run = promisify(execFile);

/** Writes a certificate for 127.0.0.1, signed by itself, and its key to files (PEM), with openssl. */
export async function makeCertificate(certificate: string, privateKey: string): Promise<void> {
  await run(programPath("openssl"), [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-keyout", privateKey, "-out", certificate],
  ]);
}
