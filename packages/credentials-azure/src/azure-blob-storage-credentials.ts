/** Credentials for Azure Blob Storage. */
import type { TokenCredential } from "@azure/identity";
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";
import { accountName, checkFields } from "./credential-fields.ts";

/** How a client of Azure's SDK is let in: by a connection string, or with tokens at the account's URL. */
export type AzureBlobAccess =
  | { readonly kind: "connection-string"; readonly connectionString: string }
  | { readonly kind: "token"; readonly accountUrl: string; readonly credential: TokenCredential };

/**
 * A connection string (with an account key or a shared access signature), or the URL of an account with its key, with an
 * application's secret, or with nothing: then what the environment has is used (variables, a managed or a workload
 * identity, the Azure command line). Fields as those of Prefect's block, `accountKey` and `authorityHost`.
 *
 * ```ts
 * const credentials = new AzureBlobStorageCredentials({ accountUrl: "https://reports.blob.core.windows.net" });
 * ```
 */
export class AzureBlobStorageCredentials extends Block.define({
  slug: "azure-blob-storage-credentials",
  name: "Azure Blob Storage Credentials",
  description: "Credentials for an account of Azure Blob Storage.",
  schema: z.object({
    connectionString: secret(z.string().min(1)).optional(),
    /** Such as `https://reports.blob.core.windows.net`. */
    accountUrl: z.url({ protocol: /^https?$/ }).optional(),
    accountKey: secret(z.base64().min(1)).optional(),
    /** The application that asks for tokens, of which tenant, and its secret. */
    clientId: z.string().min(1).optional(),
    tenantId: z.string().min(1).optional(),
    clientSecret: secret(z.string().min(1)).optional(),
    /** Where tokens come from, when it is not the public cloud, such as `https://login.microsoftonline.us`. */
    authorityHost: z.url({ protocol: /^https$/ }).optional(),
  }),
}) {
  #access: Promise<AzureBlobAccess> | undefined;

  /**
   * The same for all callers, so that they share tokens. Nothing is called before a token is needed.
   *
   * @throws {AzureCredentialsError} when the fields do not fit together
   */
  access(): Promise<AzureBlobAccess> {
    this.#access ??= this.#makeAccess();
    return this.#access;
  }

  async #makeAccess(): Promise<AzureBlobAccess> {
    checkFields(this, this.blockReference);
    const { connectionString, accountUrl = "", accountKey } = this;
    if (connectionString !== undefined) {
      return { kind: "connection-string", connectionString: connectionString.reveal() };
    }
    if (accountKey !== undefined) {
      const parts = {
        DefaultEndpointsProtocol: "https",
        AccountName: accountName(accountUrl),
        AccountKey: accountKey.reveal(),
        BlobEndpoint: accountUrl,
      };
      const text = Object.entries(parts).map(([name, value]) => `${name}=${value}`);
      return { kind: "connection-string", connectionString: text.join(";") };
    }
    return { kind: "token", accountUrl, credential: await this.#tokens() };
  }

  async #tokens(): Promise<TokenCredential> {
    const { tenantId, clientId, clientSecret, authorityHost } = this;
    const { ClientSecretCredential, DefaultAzureCredential } = await import("@azure/identity");
    // Only the public clouds can be asked whether an authority is one.
    const options = authorityHost === undefined ? {} : { authorityHost, disableInstanceDiscovery: true };
    return tenantId !== undefined && clientId !== undefined && clientSecret !== undefined
      ? new ClientSecretCredential(tenantId, clientId, clientSecret.reveal(), options)
      : new DefaultAzureCredential(options);
  }
}
