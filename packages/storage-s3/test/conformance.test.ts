import { fileSystemSuite } from "@sluice/core/testing";
import { describeWithServer } from "@sluice-internal/test-servers";
import { bucketOn, newBucket } from "./buckets.ts";

const capabilities = { conditionalCreate: true, rangeRead: true, signedUrls: true };

describeWithServer("moto", (server) => {
  fileSystemSuite({
    name: "S3Bucket",
    capabilities,
    manyFiles: 1100,
    // moto answers with the key in a header, where a new line cannot be.
    untestable: (path) => path.includes("\n"),
    create: () => newBucket(server(), { bucketFolder: "/some folder/ü%20/" }),
    troubles: { absent: () => bucketOn(server()) },
  });
});
