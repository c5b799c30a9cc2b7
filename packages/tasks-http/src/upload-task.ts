/** Uploads from any file system, in constant memory. */
import { findRunContext, NO_CACHE, type Task, task } from "@sluice/core";
import { type FilePlace, findPlace } from "@sluice/core/blocks";
import { InvalidRequestError } from "@sluice/protocol";
import { type HttpAnswer, readAnswer } from "./answer-text.ts";
import { type HttpRequest, readyRequest } from "./http-request.ts";
import { sendRequest } from "./send-request.ts";

/** A request whose body is a file. Its method is PUT, if it says nothing else. */
export type UploadRequest = Omit<HttpRequest, "json" | "form" | "body">;

/**
 * Sends a file as the body of a request, with its length. When it is sent again, the file is read again.
 *
 * ```ts
 * await uploadFile({ fileSystem: "local-file-system/out", path: "trips.csv" }, { url: signedUrl });
 * ```
 *
 * @throws {HttpError} as `requestHttp`
 */
export const uploadFile: Task<[FilePlace, UploadRequest], HttpAnswer> = task(
  { name: "upload-file", cachePolicy: NO_CACHE },
  async (place: FilePlace, request: UploadRequest): Promise<HttpAnswer> => {
    const signal = findRunContext()?.signal;
    const { fileSystem, path } = await findPlace(place, { signal });
    const { size, contentType = "application/octet-stream" } = await fileSystem.stat(path, { signal });
    const headers = { "content-type": contentType, ...request.headers, "content-length": String(size) };
    const ready = await readyRequest({ method: "PUT", ...request, headers });
    if (ready.method === "GET" || ready.method === "HEAD") {
      throw new InvalidRequestError(`A file cannot be sent with ${ready.method}. Use PUT or POST.`);
    }
    const body = (): { readonly content: AsyncIterable<Uint8Array> } => ({
      content: fileSystem.readStream(path, { signal }),
    });
    const upload = { ...ready, body, isBodyRepeatable: true };
    return sendRequest(upload, signal, (answer) => readAnswer(upload, answer));
  },
);
