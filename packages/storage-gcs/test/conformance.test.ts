import { blockSuite, fileSystemSuite } from "@sluice/core/testing";
import { GcpCredentials } from "@sluice/credentials-gcp";
import { describeWithServer } from "@sluice-internal/test-servers";
import { GcsBucket } from "../src/index.ts";
import { bucketAt, newBucket, PRIVATE_KEY } from "./buckets.ts";
import { startRefusing } from "./stub-service.ts";

const capabilities = { conditionalCreate: true, rangeRead: true, signedUrls: true };

describeWithServer("fake-gcs-server", (server) => {
  fileSystemSuite({
    name: "GcsBucket",
    capabilities,
    manyFiles: 600,
    pagesDirectories: false,
    create: () => newBucket(server(), { bucketFolder: "/some folder/ü%20/" }),
    troubles: {
      absent: () => bucketAt(server().url),
      // The server lets everybody in.
      denied: async () => bucketAt(await startRefusing(403, "forbidden")),
      throttled: async () => bucketAt(await startRefusing(429, "rateLimitExceeded")),
      unreachable: () => bucketAt("http://127.0.0.1:1"),
      secrets: [PRIVATE_KEY, "Bearer "],
    },
  });
});

blockSuite({
  type: GcsBucket,
  sample: {
    bucket: "acme-flows",
    gcpCredentials: new GcpCredentials({ project: "acme" }),
    bucketFolder: "results",
    endpoint: "https://storage.example",
    partMebibytes: 16,
  },
  wire: {
    bucket: "acme-flows",
    gcp_credentials: { project: "acme" },
    bucket_folder: "results",
    endpoint: "https://storage.example",
    part_mebibytes: 16,
  },
});
