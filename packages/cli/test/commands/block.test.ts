import { PassThrough } from "node:stream";
import { closeEngines, temporarySettings } from "@sluice/core";
import { SecretBlock } from "@sluice/core/blocks";
import { describe, expect, it, vi } from "vitest";
import { runProgram } from "../../src/program.ts";
import { type Ran, setUpSluice } from "../run-sluice.ts";
import { spawnSluice } from "../spawn-sluice.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

/** Every command opens a history of its own. */
const SLOW = { timeout: 30_000 };
const WAIT = { timeout: 20_000, interval: 20 };
const SECRET = "sk-very-secret-1";

/** Runs the command with somebody at its standard input. */
function withInput(home: string, args: readonly string[], isTTY: boolean) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  let said = "";
  let printed = "";
  const stream = (add: (text: string) => void) => ({
    write: (text: string) => {
      add(text);
      return true;
    },
  });
  const code = runProgram(args, {
    stdin,
    stdout: stream((text) => {
      printed += text;
    }),
    stderr: stream((text) => {
      said += text;
    }),
    env: { SLUICE_HOME: home },
  });
  const ended: Promise<Ran> = code.then((value) => ({ code: value, stdout: printed, stderr: said }));
  return { stdin, ended, said: () => said };
}

describe("sluice block create", SLOW, () => {
  it("takes fields as JSON or one by one, and says nothing of secrets", async () => {
    const sluice = await setUpSluice();
    expect(await sluice(`block create secret/one --data {"value":"${SECRET}"}`)).toEqual({
      code: 0,
      stdout: "Saved secret/one.\n",
      stderr: "",
    });
    expect(
      (await sluice("block create webhook/team --set url=https://h.example/x --set allow_private_urls=false"))
        .code,
    ).toBe(0);
    const shown = JSON.parse((await sluice("block inspect webhook/team --json")).stdout);
    expect(shown).toMatchObject({
      block: "webhook/team",
      source: "saved",
      fields: { url: "********", allow_private_urls: false, method: "POST" },
    });
    const { stdout } = await sluice("block inspect secret/one");
    expect(stdout).toContain("saved  secret/one");
    expect(stdout).toContain("value");
    expect(stdout).not.toContain(SECRET);
  });

  it("keeps a secret that looks like a number as it was written", async () => {
    const sluice = await setUpSluice();
    expect((await sluice("block create secret/pin --set value=1e5")).code).toBe(0);
    await temporarySettings({ home: sluice.home, "logging.to_terminal": false }, async () => {
      expect((await SecretBlock.load("pin")).value.reveal()).toBe("1e5");
      await closeEngines();
    });
  });

  it("reads fields from standard input", async () => {
    const home = await temporaryDirectory();
    const { stdin, ended } = withInput(home, ["block", "create", "secret/piped", "--data", "-"], false);
    stdin.end(JSON.stringify({ value: SECRET }));
    expect(await ended).toMatchObject({ code: 0, stdout: "Saved secret/piped.\n" });
  });

  it("asks for what is missing, and does not show what is typed for a secret", async () => {
    const home = await temporaryDirectory();
    const { stdin, ended, said } = withInput(home, ["block", "create", "secret/asked"], true);
    await vi.waitFor(() => expect(said()).toContain("value (hidden): "), WAIT);
    stdin.write(`${SECRET}\r`);
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([0, "Saved secret/asked.\n"]);
    expect(stderr).not.toContain(SECRET);
  });

  it("makes nothing when the question is not answered", async () => {
    const home = await temporaryDirectory();
    const { stdin, ended, said } = withInput(home, ["block", "create", "secret/asked"], true);
    await vi.waitFor(() => expect(said()).toContain("value (hidden): "), WAIT);
    stdin.write("\u0003");
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining("Nothing was made") });
  });

  it("says which field is wrong, without any value", async () => {
    const sluice = await setUpSluice();
    const wrong = await sluice(`block create webhook/x --set url=${SECRET} --set methd=GET`);
    expect(wrong).toMatchObject({ code: 1, stdout: "" });
    expect(wrong.stderr).toMatch(
      /"webhook" does not fit.*url: Invalid URL.*methd: there is no such field; did you mean method\?/,
    );
    expect(wrong.stderr).not.toContain(SECRET);
    expect((await sluice(`block create secret/x --data {"value":"${SECRET}`)).stderr).toBe(
      'error: --data is not a JSON object. Write it as {"field": "value"}.\n',
    );
    expect((await sluice("block create secret/x")).stderr).toContain("value: ");
    expect((await sluice("block create nothing/x")).stderr).toContain(
      'No class is known for the block type "nothing"',
    );
    expect((await sluice("block create api-key")).stderr).toContain('"api-key" names no block');
  });

  it("replaces a block only if that is asked for", async () => {
    const sluice = await setUpSluice();
    await sluice("block create json/limit --set value=1");
    expect((await sluice("block create json/limit --set value=2")).stderr).toContain(
      "There is a block json/limit already",
    );
    expect((await sluice("block create json/limit --set value=2 --overwrite")).code).toBe(0);
    expect(JSON.parse((await sluice("block inspect json/limit --json")).stdout).fields).toEqual({ value: 2 });
  });
});

describe("sluice block ls", SLOW, () => {
  it("lists blocks with where they come from, those of the environment first", async () => {
    const sluice = await setUpSluice();
    await sluice("block create json/limit --set value=1");
    await sluice("block create secret/key --set value=abcd");
    const env = { SLUICE_BLOCK_SECRET__FROM_CI: JSON.stringify({ value: SECRET }) };
    const { stdout } = await sluice("block ls", { env });
    expect(stdout.split("\n").map((line) => line.split("\t").slice(0, 2).join(" "))).toEqual([
      "secret/from-ci SLUICE_BLOCK_SECRET__FROM_CI",
      "json/limit saved",
      "secret/key saved",
      "",
    ]);
    const listed = JSON.parse((await sluice("block ls --type secret --json", { env })).stdout);
    expect(listed.map(({ block }: { block: string }) => block)).toEqual(["secret/from-ci", "secret/key"]);
    const inspected = await sluice("block inspect secret/from-ci --json", { env });
    expect(JSON.parse(inspected.stdout)).toEqual({
      block: "secret/from-ci",
      source: "environment",
      variable: "SLUICE_BLOCK_SECRET__FROM_CI",
      fields: { value: "****" },
    });
  });

  it("says what to do when there are none", async () => {
    const { stderr } = await (await setUpSluice())("block ls", { isTTY: true, env: { NO_COLOR: "1" } });
    expect(stderr).toContain("There are no blocks in");
    expect(stderr).toContain("sluice block create makes one");
  });
});

describe("sluice block delete", SLOW, () => {
  it("deletes a block", async () => {
    const sluice = await setUpSluice();
    await sluice("block create json/limit --set value=1");
    expect((await sluice("block delete json/limit")).stdout).toBe("Deleted json/limit.\n");
    expect(await sluice("block delete json/limit")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("json/limit"),
    });
  });
});

describe("sluice block type", SLOW, () => {
  it("lists, shows and deletes types", async () => {
    const sluice = await setUpSluice();
    await sluice("block create json/limit --set value=1");
    expect((await sluice("block type ls")).stdout).toContain("json\tJSON\tA value that everybody may see.");
    expect((await sluice("block type inspect json")).stdout).toContain("value (required)");
    expect((await sluice("block type delete json")).stdout).toBe("Deleted json and its blocks.\n");
    expect((await sluice("block ls --json")).stdout).toBe("[]\n");
  });
});

describe("sluice block register", SLOW, () => {
  it("registers the types that a TypeScript module exports", async () => {
    const home = await temporaryDirectory();
    const { code, stdout, stderr } = await spawnSluice(["block", "register", "--file", "blocks.ts"], { home })
      .ended;
    expect([code, stdout, stderr]).toEqual([
      0,
      "weather-account\tWeather Account\nweather-station\tWeather Station\n",
      "",
    ]);
    const sluice = await setUpSluice({ home });
    const { stdout: shown } = await sluice("block type inspect weather-station");
    expect(shown).toContain("station_id (required): Number of the station");
    expect(shown).toContain("account (required)");
  });

  it("says what it cannot register", async () => {
    const sluice = await setUpSluice();
    expect((await sluice("block register")).stderr).toContain("Give either --package or --file.");
    expect((await sluice("block register --file nowhere.ts")).stderr).toContain("There is no file");
    expect((await sluice("block register --package @acme/none")).stderr).toMatch(
      /@acme\/none is not installed here, or its package\.json has no .*Plugins here: /,
    );
  });
});
