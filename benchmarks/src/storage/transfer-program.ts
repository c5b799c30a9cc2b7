/** What a user of S3 would write: `node transfer-program.js (up|down) (directory|file) <local path> <bucket> <path>`. */
import { createReadStream } from "node:fs";
import { basename, dirname } from "node:path";
import { copyFile, getDirectory, LocalFileSystem, putDirectory } from "@sluice/core";
import { S3Bucket } from "@sluice/storage-s3";

const [direction, what, local = "", bucketName = "", path = ""] = process.argv.slice(2);
const fileSystem = new S3Bucket({ bucketName });
/** As many as the AWS command has. */
const options = { concurrency: 10 };

if (what === "directory") {
  if (direction === "up") await putDirectory(local, { fileSystem, path }, options);
  else await getDirectory({ fileSystem, path }, local, options);
} else if (direction === "up") {
  await fileSystem.write(path, createReadStream(local, { highWaterMark: 1024 * 1024 }));
} else {
  const directory = new LocalFileSystem({ basePath: dirname(local) });
  await copyFile({ fileSystem, path }, { fileSystem: directory, path: basename(local) });
}
// Kept connections would hold the process for a while.
process.exit(0);
