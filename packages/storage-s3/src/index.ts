/** Files in a bucket of Amazon S3, or of whatever speaks its protocol. */
export { S3Bucket } from "./s3-bucket.ts";
