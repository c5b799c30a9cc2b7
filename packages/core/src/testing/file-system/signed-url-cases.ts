/** The part of the file system suite about URLs that anybody can use for a while. */
import { expect, it } from "vitest";
import { readText, signedUrl } from "../../filesystems/file-operations.ts";
import { type Place, requireCapability } from "./place.ts";

const FETCH_TIMEOUT_MS = 10_000;

/**
 * @param place - an empty one for each test
 * @param uploadHeaders - what an upload to such a URL has to say
 */
export function signedUrlCases(place: () => Place, uploadHeaders: Readonly<Record<string, string>>): void {
  it("says when there are no signed URLs", async (context) => {
    const { fileSystem, at } = place();
    context.skip(fileSystem.capabilities.signedUrls, `${fileSystem.location} has signed URLs`);
    const url = signedUrl(fileSystem, at("file"), { expiresInSeconds: 60 });
    await expect(url).rejects.toMatchObject({ code: "UNSUPPORTED_OPERATION" });
  });

  it.for(["file.txt", "odd/a b+c%20ü#1?.txt"])("lets anybody read %j", async (path, context) => {
    const here = place();
    requireCapability(context, here, "signedUrls");
    await here.fileSystem.write(here.at(path), "content");
    const url = await signedUrl(here.fileSystem, here.at(path), { expiresInSeconds: 60 });
    const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("content");
  });

  it("lets anybody write", async (context) => {
    const here = place();
    requireCapability(context, here, "signedUrls");
    const url = await signedUrl(here.fileSystem, here.at("upload"), { expiresInSeconds: 60, method: "PUT" });
    const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
    const answer = await fetch(url, { method: "PUT", body: "content", headers: uploadHeaders, signal });
    expect(answer.ok).toBe(true);
    expect(await readText(here.fileSystem, here.at("upload"))).toBe("content");
  });

  it("refuses paths that lead out, and times that are none", async (context) => {
    const here = place();
    requireCapability(context, here, "signedUrls");
    const { fileSystem, at } = here;
    await expect(signedUrl(fileSystem, "../x", { expiresInSeconds: 60 })).rejects.toMatchObject({
      code: "PATH_OUTSIDE_ROOT",
    });
    for (const expiresInSeconds of [0, -1, 1.5, Number.NaN]) {
      await expect(signedUrl(fileSystem, at("file"), { expiresInSeconds })).rejects.toMatchObject({
        code: "INVALID_REQUEST",
      });
    }
  });
}
