/** Credentials for git servers. */
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";

/** A token or password for repositories at `https://…`, or a private key for those at `ssh://…`. */
export class GitCredentials extends Block.define({
  slug: "git-credentials",
  name: "Git Credentials",
  description: "A token or a private key for a git server.",
  schema: z.object({
    /** As the server wants it beside a token; many take any. */
    username: z.string().min(1).default("git"),
    /** A token or password. */
    token: secret(z.string().min(1)).optional(),
    /** A private key without a passphrase, as `ssh-keygen` writes it. */
    privateKey: secret(z.string().min(1)).optional(),
    /** The server's keys, as in a `known_hosts` file. Default: those of the user's own file. */
    knownHosts: z.string().min(1).optional(),
  }),
}) {}
