/** Keys as calls of S3 write them. */

/** A key as a listing gives it, encoded as in the form of a URL. */
export function listedKey(encodedKey: string | undefined): string {
  return decodeURIComponent((encodedKey ?? "").replaceAll("+", " "));
}

/** As `CopyObject` wants the source to be named. */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${key}`.split("/").map(encodeURIComponent).join("/");
}
