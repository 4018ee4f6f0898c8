/** What the site page's HTTPS is made with: one's own certificate, or one of the gateway's own authority. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import type { CertificatePair } from '../certificates/keeping.ts';
import { ownAuthority, serverCertificate } from '../certificates/page-certificate.ts';
import type { PageConfiguration } from './configuration.ts';
import { peerOf } from './peer.ts';

/** How often it is looked whether a certificate ends soon, an address has changed, or a file is another. */
export const RENEWAL_CHECK_MS = 10 * 60_000;

export interface PageTls {
  /** What the server is to use now; asked again every ten minutes. @throws Error where there is none */
  pair(): CertificatePair;
  /** What a phone can install, where the gateway made it: DER. */
  readonly authority?: { der: Uint8Array<ArrayBuffer>; fingerprint: string };
}

export interface PageTlsOptions {
  tls: NonNullable<PageConfiguration['tls']>;
  /** Host names that the page is reached by besides its own. */
  names: readonly string[];
  stateDirectory: string;
  /** A path of the configuration. */
  resolve(path: string): string;
  /** Real time: that is what browsers go by. */
  nowMs(): number;
  /** The names and addresses of this machine; absent: as it says. */
  ownNames?(): string[];
  /** For a person: that there is something new to install. */
  onNews(message: string): void;
}

/** @throws Error that names the file, where a certificate of one's own can't be used */
export function pageTls(options: PageTlsOptions): PageTls {
  const { tls, stateDirectory, names, nowMs, onNews } = options;
  const { certificateFile, keyFile } = tls;
  if (certificateFile !== undefined && keyFile !== undefined) {
    const [certificate, key] = [options.resolve(certificateFile), options.resolve(keyFile)];
    const pair = () => pairIn(certificate, key);
    pair();
    return { pair };
  }
  const own = options.ownNames ?? namesOfThisMachine;
  const dnsNames = () => [...names, ...own()].filter((name) => peerOf(name).ip === 'unknown');
  const authority = ownAuthority(stateDirectory, dnsNames(), nowMs());
  const { certificate } = authority;
  const fingerprint = certificate.fingerprint256;
  if (authority.isNew)
    onNews(`the site page has a new authority, to be installed on phones and tablets: ${fingerprint}`);
  return {
    pair: () =>
      serverCertificate(stateDirectory, authority, [...new Set([...names, ...own()])].sort(), nowMs()),
    authority: { der: Uint8Array.from(certificate.raw), fingerprint },
  };
}

/** @throws Error */
function pairIn(certificateFile: string, keyFile: string): CertificatePair {
  const pair = { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  let fits: boolean;
  try {
    fits = new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.key));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${certificateFile} or ${keyFile} is no certificate or key in PEM: ${why}`);
  }
  if (!fits) throw new Error(`${keyFile} is not the key of ${certificateFile}`);
  return pair;
}

/** Host name, the same by multicast DNS, and the addresses in the site's network. */
function namesOfThisMachine(): string[] {
  const own = hostname().toLowerCase();
  const isName = /^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/.test(own);
  const addresses = Object.values(networkInterfaces())
    .flat()
    .flatMap((entry) => (entry === undefined ? [] : [entry.address]))
    // One that is link-local needs a zone, which no browser takes; a public one is not this authority's to speak for.
    .filter((address) => peerOf(address).from === 'site' && !/^fe80:/i.test(address));
  return [
    'localhost',
    ...(isName ? [own, ...(own.includes('.') ? [] : [`${own}.local`])] : []),
    ...new Set(['127.0.0.1', '::1', ...addresses]),
  ];
}
