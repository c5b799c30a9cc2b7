/** The version of the Prefect client that calls: old ones are treated differently. */
const PREFECT_CLIENT = /^prefect\/(\d+\.\d+\.\d+(?:[a-z0-9.+]+)?) \(API \S+\)/u;

/** From the header `User-Agent`; undefined for everybody else. */
export function clientVersion(userAgent: string | undefined): string | undefined {
  return PREFECT_CLIENT.exec(userAgent ?? "")?.[1];
}
