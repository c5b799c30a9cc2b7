import { blockSuite } from "@sluice/core/testing";
import { AwsCredentials, AwsSecret, MinioCredentials } from "../src/index.ts";

const parameters = {
  endpointUrl: "https://s3.acme.example",
  useSsl: true,
  verify: false,
  verifyCertPath: "/etc/ssl/acme.pem",
  config: { retries: { max_attempts: 5 } },
};
const parametersOnWire = {
  endpoint_url: "https://s3.acme.example",
  use_ssl: true,
  verify: false,
  verify_cert_path: "/etc/ssl/acme.pem",
  config: { retries: { max_attempts: 5 } },
};
const fields = {
  awsAccessKeyId: "AKIAEXAMPLE",
  awsSecretAccessKey: "a-secret-access-key",
  awsSessionToken: "a-session-token",
  profileName: "analytics",
  regionName: "eu-west-1",
  awsClientParameters: parameters,
  assumeRoleArn: "arn:aws:iam::1:role/flows",
  assumeRoleKwargs: { RoleSessionName: "flows" },
  webIdentityTokenFile: "/run/token",
};
const wire = {
  aws_access_key_id: "AKIAEXAMPLE",
  aws_secret_access_key: "a-secret-access-key",
  aws_session_token: "a-session-token",
  profile_name: "analytics",
  region_name: "eu-west-1",
  aws_client_parameters: parametersOnWire,
  assume_role_arn: "arn:aws:iam::1:role/flows",
  assume_role_kwargs: { RoleSessionName: "flows" },
  web_identity_token_file: "/run/token",
};

blockSuite({ type: AwsCredentials, sample: fields, wire });

blockSuite({
  type: MinioCredentials,
  sample: {
    minioRootUser: "minio",
    minioRootPassword: "a-root-password",
    regionName: "us-east-1",
    awsClientParameters: parameters,
  },
  wire: {
    minio_root_user: "minio",
    minio_root_password: "a-root-password",
    region_name: "us-east-1",
    aws_client_parameters: parametersOnWire,
  },
});

blockSuite({
  type: AwsSecret,
  sample: { awsCredentials: new AwsCredentials(fields), secretName: "database-password" },
  wire: { aws_credentials: wire, secret_name: "database-password" },
});
