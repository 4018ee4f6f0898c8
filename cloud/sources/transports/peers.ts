/** Who may speak to a socket that asks for no password. */
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

const MAX_PEERS = 1_024;

function isPeer(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** Addresses and networks (`10.0.0.0/8`); none: everybody whom the host's firewall lets through. */
export const peers = z
  .array(z.string().refine(isPeer, 'expected an address or a network such as 10.0.0.0/8'))
  .max(MAX_PEERS)
  .default([]);

/** Answers whether an address may speak. */
export function peerCheck(allowed: readonly string[]): (address: string) => boolean {
  if (allowed.length === 0) return () => true;
  const list = new BlockList();
  for (const entry of allowed) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    // A socket for both families shows IPv4 within IPv6.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
}
