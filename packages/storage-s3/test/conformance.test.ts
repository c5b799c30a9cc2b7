import { blockSuite, fileSystemSuite } from "@sluice/core/testing";
import { MinioCredentials } from "@sluice/credentials-aws";
import { describeWithServer } from "@sluice-internal/test-servers";
import { S3Bucket } from "../src/index.ts";
import { bucketOn, newBucket } from "./buckets.ts";
import { refusingServers } from "./faulty-proxy.ts";

const SECRET = "the-key-that-no-error-shows";

describeWithServer("moto", (server) => {
  const refusing = refusingServers({ denied: [403, "InvalidAccessKeyId"], throttled: [503, "SlowDown"] });
  const troubled = (url: string) => bucketOn({ url }, { retries: 0, secretKey: SECRET });
  fileSystemSuite({
    name: "S3Bucket",
    capabilities: { conditionalCreate: true, rangeRead: true, signedUrls: true },
    manyFiles: 1100,
    // moto answers with the key in a header, where a new line cannot be.
    untestable: (path) => path.includes("\n"),
    create: () => newBucket(server(), { bucketFolder: "/some folder/ü%20/" }),
    troubles: {
      secrets: [SECRET],
      absent: () => troubled(server().url),
      denied: () => troubled(refusing("denied")),
      throttled: () => troubled(refusing("throttled")),
      // A port that nothing can listen on.
      unreachable: () => troubled("http://127.0.0.1:1"),
    },
  });
});

blockSuite({
  type: S3Bucket,
  sample: {
    bucketName: "acme-flows",
    credentials: new MinioCredentials({
      minioRootUser: "minio",
      minioRootPassword: SECRET,
      regionName: "eu",
    }),
    bucketFolder: "results/",
    partMebibytes: 16,
  },
  wire: {
    bucket_name: "acme-flows",
    credentials: {
      minio_root_user: "minio",
      minio_root_password: SECRET,
      region_name: "eu",
      aws_client_parameters: { use_ssl: true },
    },
    bucket_folder: "results/",
    part_mebibytes: 16,
  },
});
