import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { setUpSluice } from "../run-sluice.ts";
import { spawnSluice } from "../spawn-sluice.ts";
import { setUpDeployment } from "./deployed.ts";

/** Every command opens a history of its own. */
const SLOW = { timeout: 30_000 };

describe("sluice variable", SLOW, () => {
  it("sets, shows, replaces and deletes variables", async () => {
    const sluice = await setUpSluice();
    expect((await sluice("variable set region eu-west-1 -t prod")).stdout).toBe("Set region.\n");
    expect((await sluice("variable set limit 500")).code).toBe(0);
    expect((await sluice("variable set pin 500 --text")).code).toBe(0);
    expect((await sluice("variable get region")).stdout).toBe("eu-west-1\n");
    expect(JSON.parse((await sluice("variable inspect limit")).stdout).value).toBe(500);
    expect(JSON.parse((await sluice("variable inspect pin")).stdout).value).toBe("500");
    expect((await sluice("variable ls")).stdout).toMatch(/^region\teu-west-1\tprod\t\S+$/m);
    expect((await sluice("variable set region us")).code).toBe(1);
    expect((await sluice("variable set region us --overwrite")).stdout).toBe("Replaced region.\n");
    expect((await sluice("variable get rgion")).stderr).toContain("Did you mean region?");
    expect((await sluice("variable unset region")).stdout).toBe("Deleted region.\n");
    expect((await sluice("variable get region")).code).toBe(1);
  });
});

describe("sluice global-concurrency-limit and concurrency-limit", SLOW, () => {
  it("make, change, list and delete limits", async () => {
    const sluice = await setUpSluice();
    expect((await sluice("gcl create database --limit 5")).stdout).toMatch(
      /^Made the limit database of 5 slots/,
    );
    expect((await sluice("global-concurrency-limit update database --slot-decay-per-second 2.5")).code).toBe(
      0,
    );
    expect((await sluice("gcl disable database")).stdout).toBe("Disabled the limit database.\n");
    expect((await sluice("gcl ls")).stdout).toMatch(/^database\t0 of 5\t2.5\tdisabled\t\S+\n$/);
    expect((await sluice("gcl inspect databse")).stderr).toContain("Did you mean database?");
    expect((await sluice("gcl update database")).code).toBe(2);
    expect((await sluice("gcl delete database")).stdout).toBe("Deleted the limit database.\n");
    expect((await sluice("concurrency-limit create etl 2")).stdout).toBe(
      "2 task runs with the tag etl run at once.\n",
    );
    expect((await sluice("concurrency-limit ls")).stdout).toMatch(/^etl\t0 of 2\t\S+\n$/);
    expect((await sluice("concurrency-limit inspect etl")).stdout).toBe("etl: 0 of 2 slots are taken.\n");
    expect((await sluice("concurrency-limit delete etl")).stdout).toBe("Deleted the limit of etl.\n");
  });
});

describe("sluice artifact", SLOW, () => {
  it("lists the newest of each key, shows and deletes versions", async () => {
    const sluice = await setUpDeployment();
    await sluice.inHistory(async (api) => {
      for (const data of ["old", "new"]) await api.artifacts.create({ key: "sales", type: "markdown", data });
    });
    expect((await sluice("artifact ls")).stdout).toMatch(/^sales\tmarkdown\t\t\S+\t\S+\n$/);
    expect(JSON.parse((await sluice("artifact inspect sales")).stdout).data).toBe("new");
    expect((await sluice("artifact delete sales")).stdout).toMatch(/^Deleted artifact sales /);
    expect(JSON.parse((await sluice("artifact inspect sales")).stdout).data).toBe("old");
    expect((await sluice("artifact inspect slaes")).stderr).toContain("Did you mean sales?");
  });
});

describe("sluice event", SLOW, () => {
  it("tells a server what happened, and shows it", async () => {
    const sluice = await setUpSluice();
    expect((await sluice("event stream")).stderr).toContain("Events are kept by servers, and none is set.");
    const server = spawnSluice(["server", "start", "--port", "0"], { home: sluice.home });
    await server.says("Server started");
    const env = { SLUICE_API_URL: /api=(http:\S+)/u.exec(server.said())?.[1] ?? "" };
    const follow = spawnSluice(["event", "stream", "--event", "shop.", "--count", "1", "--since", "1m"], {
      home: sluice.home,
      env,
    });
    const told = await sluice("event emit shop.order.paid --resource shop.order.1 --label shop=eu", { env });
    expect(told.stdout).toMatch(/^Told shop\.order\.paid of shop\.order\.1 \([\w-]+\)\.\n$/);
    const { code, stdout } = await follow.ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/ {2}shop\.order\.paid {2}shop\.order\.1\n$/)]);
  });
});

describe("sluice completion", SLOW, () => {
  it("prints a script that knows commands within commands and their options", async () => {
    const sluice = await setUpSluice();
    const { stdout: bash } = await sluice("completion bash");
    expect(bash).toMatch(/^ {4}"deployment schedule"\) commands="ls create preview /m);
    expect(bash).toMatch(
      /^ {4}"gcl create"\) commands=""; options="--limit --slot-decay-per-second --json --help"/m,
    );
    expect((await sluice("completion zsh")).stdout).toContain("bashcompinit");
    expect((await sluice("completion fish")).stdout).toContain("-l dry-run");
    expect((await sluice("completion tcsh")).stderr).toContain("Allowed choices are bash, zsh, fish.");
  });

  it("completes in bash", async () => {
    const sluice = await setUpSluice();
    const { stdout: script } = await sluice("completion bash");
    const complete = async (...words: string[]): Promise<string> => {
      const line = `COMP_WORDS=(sluice ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}`;
      const { stdout } = await promisify(execFile)("bash", [
        "-c",
        `${script}\n${line}\n_sluice\necho "\${COMPREPLY[@]}"`,
      ]);
      return stdout.trim();
    };
    expect(await complete("deploym")).toBe("deployment");
    expect(await complete("deployment", "schedule", "pa")).toBe("pause");
    expect(await complete("deployment", "run", "report/nightly", "--start-")).toBe("--start-in --start-at");
  });
});
