/** Credentials for Google Cloud. */
import { Block, secret } from "@sluice/core/blocks";
import type { GoogleAuth } from "google-auth-library";
import { z } from "zod";
import { serviceAccountKey } from "./service-account-key.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/**
 * The key of a service account, in the block or in a file, or nothing: then what the environment has is used
 * (`GOOGLE_APPLICATION_CREDENTIALS`, gcloud's login, the machine's service account). Fields as those of Prefect's block,
 * and `impersonateServiceAccount`.
 *
 * ```ts
 * const credentials = new GcpCredentials({ serviceAccountFile: "~/keys/flows.json" });
 * ```
 */
export class GcpCredentials extends Block.define({
  slug: "gcp-credentials",
  name: "GCP Credentials",
  description: "Credentials for Google Cloud.",
  schema: z.object({
    /** Path of the JSON file of the key; `~/` is the home directory. */
    serviceAccountFile: z.string().min(1).optional(),
    /** What is in such a file; that of a workload identity is taken too. */
    serviceAccountInfo: secret(z.record(z.string(), z.unknown())).optional(),
    /** Default: that of the key or of the environment. */
    project: z.string().min(1).optional(),
    /** E-mail address of the service account that these credentials act for. */
    impersonateServiceAccount: z.email().optional(),
  }),
}) {
  #auth: Promise<GoogleAuth> | undefined;

  /**
   * What Google's libraries are let in by; the same for all callers, so that they share tokens.
   *
   * @throws {GcpCredentialsError} when the key cannot be read or is none
   */
  auth(): Promise<GoogleAuth> {
    this.#auth ??= this.#makeAuth().catch((error: unknown) => {
      // A file may be there the next time.
      this.#auth = undefined;
      throw error;
    });
    return this.#auth;
  }

  async #makeAuth(): Promise<GoogleAuth> {
    const key = await serviceAccountKey(this, this.blockReference);
    const { GoogleAuth: Auth, Impersonated } = await import("google-auth-library");
    const projectId = this.project ?? key?.["project_id"];
    const project = typeof projectId === "string" ? { projectId } : {};
    const auth = new Auth({ scopes: [SCOPE], ...project, ...(key !== undefined && { credentials: key }) });
    // A key signs its tokens itself, without a call to Google for each.
    auth.useJWTAccessWithScope = true;
    if (this.impersonateServiceAccount === undefined) return auth;
    const impersonated = new Impersonated({
      sourceClient: await auth.getClient(),
      targetPrincipal: this.impersonateServiceAccount,
      targetScopes: [SCOPE],
    });
    return new Auth({ ...project, authClient: impersonated }) as GoogleAuth<never> as GoogleAuth;
  }
}
