import { blockSuite, fileSystemSuite } from "@sluice/core/testing";
import { AzureBlobStorageCredentials } from "@sluice/credentials-azure";
import { describeWithServer } from "@sluice-internal/test-servers";
import { AzureBlobStorageContainer } from "../src/index.ts";
import { containerOn, deniedContainer, newContainer, unreachableContainer, WRONG_KEY } from "./containers.ts";
import { busyContainer } from "./stub-account.ts";

const capabilities = { conditionalCreate: true, rangeRead: true, signedUrls: true };

describeWithServer("azurite", (server) => {
  fileSystemSuite({
    name: "AzureBlobStorageContainer",
    capabilities,
    manyFiles: 600,
    uploadHeaders: { "x-ms-blob-type": "BlockBlob" },
    create: () => newContainer(server(), { baseFolder: "/some folder/ü%20/" }),
    troubles: {
      absent: () => containerOn(server()),
      denied: () => deniedContainer(server()),
      throttled: busyContainer,
      unreachable: unreachableContainer,
      secrets: [WRONG_KEY],
    },
  });
});

blockSuite({
  type: AzureBlobStorageContainer,
  sample: {
    containerName: "flows",
    credentials: new AzureBlobStorageCredentials({ connectionString: "AccountName=a;AccountKey=c2VjcmV0" }),
    baseFolder: "results",
    partMebibytes: 16,
  },
  wire: {
    container_name: "flows",
    credentials: { connection_string: "AccountName=a;AccountKey=c2VjcmV0" },
    base_folder: "results",
    part_mebibytes: 16,
  },
});
