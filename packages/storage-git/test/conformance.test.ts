import { join } from "node:path";
import { fileSystemSuite } from "@sluice/core/testing";
import { describeWithServer } from "@sluice-internal/test-servers";
import { GitCredentials, GitRepository } from "../src/index.ts";
import { GitRemote } from "./git-remote.ts";
import "./own-home.ts";

describeWithServer("git-http", (server) => {
  let remote: GitRemote | undefined;
  const privateRepository = (token: string | undefined, path = "/private/flows.git") =>
    new GitRepository({
      url: `${server().url}${path}`,
      credentials: new GitCredentials({ username: "x-access-token", token }),
    });
  fileSystemSuite({
    name: "A git repository",
    filled: async (files) => {
      const contents = Object.fromEntries(files.map(({ path, content }) => [path, content]));
      remote = await GitRemote.create(join(server().env["GIT_ROOT"] ?? "", "private/flows.git"), contents);
      return privateRepository(server().env["GIT_TOKEN"]);
    },
    dispose: async () => remote?.remove(),
    troubles: {
      denied: () => privateRepository("a-wrong-token"),
      absent: () => privateRepository(server().env["GIT_TOKEN"], "/private/missing.git"),
      unreachable: () => new GitRepository({ url: "http://127.0.0.1:9/flows.git" }),
      secrets: ["a-wrong-token"],
    },
  });
});
