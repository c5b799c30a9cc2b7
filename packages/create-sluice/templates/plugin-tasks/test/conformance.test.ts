import { blockSuite } from "@sluice/core/testing";
import { AcmeAccount } from "../src/index.ts";

blockSuite({ type: AcmeAccount, sample: { url: "https://acme.example/", token: "tok-12345678" } });
