/**
 * Whom a gateway takes for its cloud: whoever proves a certificate of the operator's authority for the cloud's one
 * name, at whatever address. Time is looked at last, and never by the machine's clock alone: a gateway whose battery
 * ran empty believes that it is 1970 and must still get home.
 */
import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { cloudName, FINGERPRINT_BYTES } from '../../devices/enrolment.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

export const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
export const fingerprintOf = (key: KeyObject): Buffer =>
  createHash('sha256').update(spkiOf(key)).digest().subarray(0, FINGERPRINT_BYTES);

/**
 * Why this is not the cloud; undefined where it is. `not before` is not looked at: that the authority signed it says
 * that it is later than that by now, whatever the clock shows.
 * @param floorMs it is at least this late: what the authority said last
 */
export function problemOf(
  leaf: X509Certificate | undefined,
  authority: X509Certificate,
  floorMs: number,
): string | undefined {
  if (leaf === undefined) return 'it shows no certificate';
  if (leaf.ca || !leaf.verify(authority.publicKey)) return 'its certificate is not of the authority';
  if (leaf.checkHost(cloudName) === undefined) return 'its certificate is not the cloud’s';
  if (!(leaf.keyUsage ?? []).includes(SERVER_AUTHENTICATION)) return 'its certificate is not for a server';
  if (Date.parse(leaf.validTo) <= floorMs) return 'its certificate has ended';
  return undefined;
}

/**
 * The authority behind a certificate at the first contact, where its key is the one that the code names.
 * Only its key counts: what else the certificate says, whoever made it up says.
 */
export function authorityIn(
  leaf: X509Certificate | undefined,
  fingerprint: Uint8Array,
): X509Certificate | undefined {
  const root = leaf?.issuerCertificate;
  if (root === undefined || !root.ca || !root.verify(root.publicKey)) return undefined;
  return fingerprintOf(root.publicKey).equals(Buffer.from(fingerprint)) ? root : undefined;
}

/** What the authority says the time is counts within the life of the certificate that it says it with. */
export function boundedTime(at: number, leaf: Pick<X509Certificate, 'validFrom' | 'validTo'>): number {
  return Math.min(Math.max(at, Date.parse(leaf.validFrom)), Date.parse(leaf.validTo));
}

export interface CloudPeer {
  socket: TLSSocket;
  leaf: X509Certificate;
}

/**
 * Connects, and gives the connection out only once the peer is known; nothing is sent before.
 * @param check why the peer is not who is meant
 * @throws Error that says why not
 */
export async function connectTo(
  { host, port }: { host: string; port: number },
  own: Pick<ConnectionOptions, 'cert' | 'key'>,
  check: (leaf: X509Certificate | undefined) => string | undefined,
  signal?: AbortSignal,
): Promise<CloudPeer> {
  signal?.throwIfAborted();
  const socket = connect({
    host: isIP(host.replace(/^\[|\]$/g, '')) === 6 ? host.replace(/^\[|\]$/g, '') : host,
    port,
    servername: cloudName,
    minVersion: 'TLSv1.2',
    // Checked here, by the authority that was pinned and by its time: the library knows the machine's clock alone.
    rejectUnauthorized: false,
    ...own,
  });
  const abort = () => socket.destroy(new Error('stopped'));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer within ${CONNECT_TIMEOUT_MS} ms`)),
        CONNECT_TIMEOUT_MS,
      );
      socket.once('secureConnect', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.once('close', () => {
        clearTimeout(timer);
        reject(new Error('the connection was closed'));
      });
      socket.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
    });
    const leaf = socket.getPeerX509Certificate();
    const problem = check(leaf);
    if (problem !== undefined || leaf === undefined)
      throw new Error(`${host}: ${problem ?? 'no certificate'}`);
    return { socket, leaf };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
