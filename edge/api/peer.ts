/** Who asks, and from where: the site's own network or outside. */
import { BlockList, isIP } from 'node:net';

/** Loopback, private and link-local addresses: the site's own network, which nobody owns in the world outside. */
export const siteRanges = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const;

const ofSite = new BlockList();
for (const [network, prefix] of siteRanges)
  ofSite.addSubnet(network, prefix, isIP(network) === 4 ? 'ipv4' : 'ipv6');

/** Top-level names that are the site's own, too: RFC 6762, RFC 8375, RFC 6761, and what is left to private use. */
export const siteDomains = ['local', 'lan', 'home.arpa', 'internal', 'localhost'] as const;

/** The address of a request's sender. */
export interface PeerAddress {
  ip: string;
  /** `site`: loopback, private or link-local. */
  from: 'site' | 'outside';
}

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');

export const isLoopback = (address: string): boolean => /^(127\.|::1$)/.test(plain(address));

/** An address that is none is from outside. */
export function peerOf(address: string): PeerAddress {
  const ip = plain(address);
  const family = isIP(ip);
  if (family === 0) return { ip: 'unknown', from: 'outside' };
  return { ip, from: ofSite.check(ip, family === 4 ? 'ipv4' : 'ipv6') ? 'site' : 'outside' };
}

/**
 * The sender behind the one proxy in front: the last entry, which that proxy wrote itself; those before it are
 * only what the sender claims. Without the header it is who connected.
 */
export function behindProxy(forwardedFor: string | undefined, connected: string): PeerAddress {
  const last = forwardedFor?.split(',').at(-1)?.trim();
  return peerOf(last === undefined || last === '' ? connected : last);
}

/**
 * Whether a Host header names this gateway as its own network does. A stranger's name that resolves to a private
 * address (DNS rebinding) would let any web page read the site through a visitor's browser.
 */
export function isLocalName(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return false;
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (isIP(name) !== 0 || names.some((known) => known.toLowerCase() === name)) return true;
  return !name.includes('.') || siteDomains.some((domain) => name.endsWith(`.${domain}`));
}
