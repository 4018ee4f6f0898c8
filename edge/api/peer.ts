/** Who asks, and from where: the site's own network or outside. */
import { BlockList, isIP } from 'node:net';

const ofSite = new BlockList();
ofSite.addSubnet('127.0.0.0', 8, 'ipv4');
ofSite.addSubnet('10.0.0.0', 8, 'ipv4');
ofSite.addSubnet('172.16.0.0', 12, 'ipv4');
ofSite.addSubnet('192.168.0.0', 16, 'ipv4');
ofSite.addSubnet('169.254.0.0', 16, 'ipv4');
ofSite.addAddress('::1', 'ipv6');
ofSite.addSubnet('fc00::', 7, 'ipv6');
ofSite.addSubnet('fe80::', 10, 'ipv6');

/** The address of a request's sender. */
export interface PeerAddress {
  ip: string;
  /** `site`: loopback, private or link-local. */
  from: 'site' | 'outside';
}

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');

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
  return !name.includes('.') || /\.(local|lan|home\.arpa|internal|localhost)$/.test(name);
}
