/** Files in a bucket of Google Cloud Storage. */
export { GcsBucket } from "./gcs-bucket.ts";
