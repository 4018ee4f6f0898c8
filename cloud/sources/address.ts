import { isIP } from 'node:net';

/** An IPv6 address in brackets or with a zone, or an IPv4 address within IPv6, as the plain address. */
export function addressOf(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\[([^\]]*)\](?::\d+)?$/, '$1')
    .replace(/%.*$/, '');
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(bare)?.[1];
  const plain = (mapped ?? bare).toLowerCase();
  return isIP(plain) === 0 ? undefined : plain;
}

/** Whom a text names: an address where it is one, else a host. */
export const whence = (text: string): { ip?: string; host?: string } => {
  const ip = addressOf(text);
  return ip === undefined ? { host: text } : { ip };
};
