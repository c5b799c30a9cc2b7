/** Tasks for HTTP. */
export type { HttpAnswer } from "./answer-text.ts";
export { type Download, type DownloadOptions, downloadFile } from "./download-task.ts";
export { HttpError } from "./http-error.ts";
export type { HttpRequest, QueryValue } from "./http-request.ts";
export { HttpService } from "./http-service.ts";
export { fetchJson, type JsonTask, requestHttp } from "./http-tasks.ts";
export { fetchPages, type PageOptions, type PageTask } from "./page-task.ts";
export { type UploadRequest, uploadFile } from "./upload-task.ts";
