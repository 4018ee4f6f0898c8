import { z } from 'zod';

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
const MAC_LENGTH = 17;
const mac = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i;
/** RFC 1123, with the underscore that Windows and DNS-SD allow. */
const hostName =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

export type AddressKind = 'ipv4' | 'ipv6' | 'mac' | 'name';

/** What kind of address a text is; undefined: none. Pure. */
export function addressKind(text: string): AddressKind | undefined {
  if (ipv4.test(text)) return 'ipv4';
  if (mac.test(text)) return 'mac';
  if (text.includes(':')) return z.ipv6().safeParse(text).success ? 'ipv6' : undefined;
  // Numbers and dots alone are an address gone wrong, no name.
  return hostName.test(text) && !/^[\d.]+$/.test(text) ? 'name' : undefined;
}

/** One spelling for each address: lower case, MAC with colons. */
export const addressText = (text: string): string => {
  const lower = text.trim().toLowerCase();
  return lower.length === MAC_LENGTH && mac.test(lower) ? lower.replaceAll('-', ':') : lower;
};

/** Under which a machine is known on a network: IPv4, IPv6, MAC or host name, in one spelling. */
export const address = z
  .string()
  .max(253)
  .transform(addressText)
  .refine((text) => addressKind(text) !== undefined, 'expected an IPv4, IPv6 or MAC address or a host name');
