/** Which addresses are those of the public internet. */
import { BlockList, isIP } from "node:net";

/** Special-purpose blocks of IPv4 (IANA registry, RFC 6890): private, loopback, link-local, shared, multicast … */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/** All of IPv6 that is given out. */
const GLOBAL_IPV6 = ["2000::/3"];

/** What of that leads elsewhere: special purposes, documentation, and IPv4 addresses in disguise (6to4). */
const SPECIAL_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/** IPv4 addresses behind a translator (RFC 6052): the last 32 bits. */
const TRANSLATED_IPV4 = blockList(["64:ff9b::/96"], "ipv6");

const specialIpv4 = blockList(SPECIAL_IPV4, "ipv4");
const globalIpv6 = blockList(GLOBAL_IPV6, "ipv6");
const specialIpv6 = blockList(SPECIAL_IPV6, "ipv6");

/**
 * Whether an IP address is one of the public internet, and not one of a private network, this machine, a cloud's metadata
 * service or another special purpose. Texts that are no address are not public.
 */
export function isPublicAddress(address: string): boolean {
  const [bare = ""] = address.split("%");
  if (isIP(bare) === 4) return !specialIpv4.check(bare, "ipv4");
  if (isIP(bare) !== 6) return false;
  const embedded = embeddedIpv4(bare);
  if (embedded !== undefined) return isPublicAddress(embedded);
  return globalIpv6.check(bare, "ipv6") && !specialIpv6.check(bare, "ipv6");
}

/** The IPv4 address in `::ffff:10.0.0.1` or `64:ff9b::a00:1`. */
function embeddedIpv4(address: string): string | undefined {
  const { hostname } = new URL(`http://[${address}]`);
  const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(hostname);
  const translated = TRANSLATED_IPV4.check(address, "ipv6");
  if (mapped === null && !translated) return undefined;
  const [high = 0, low = 0] = mapped === null ? lastGroups(hostname) : mapped.slice(1).map(hexadecimal);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

/** The last two groups of an address in brackets; `::` in their place is zeros. */
function lastGroups(hostname: string): readonly number[] {
  return hostname.slice(1, -1).split(":").slice(-2).map(hexadecimal);
}

function hexadecimal(group: string): number {
  return group === "" ? 0 : Number.parseInt(group, 16);
}

function blockList(networks: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix = ""] = network.split("/");
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
