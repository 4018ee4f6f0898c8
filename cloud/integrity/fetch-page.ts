/**
 * One request over HTTP or HTTPS, for the pages and scripts of hosts that were configured and no others: every step of
 * a redirect is checked again, and an address inside the network is refused unless that was allowed.
 */
import { type LookupAddress, lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export const MAX_REDIRECTS = 5;

export interface FetchOptions {
  /** `shop.example`, `cdn.example:8443`: what may be asked, redirects included. */
  hosts: readonly string[];
  /** Addresses of private networks and of this machine are fine too. */
  allowsPrivate: boolean;
  /** For the whole of it, redirects included, in real time. */
  timeoutMs: number;
  maxBytes: number;
  userAgent: string;
  /** PEM of an authority of the shop's own. */
  authority?: string | undefined;
  signal: AbortSignal;
}

export interface SeenCertificate {
  /** SHA-256 of the certificate, hex. */
  fingerprint: string;
  notAfter: number;
  issuer: string;
}

export interface Fetched {
  status: number;
  /** After redirects. */
  url: string;
  contentType: string;
  policies: string[];
  body: Uint8Array;
  certificate?: SeenCertificate;
}

/** Why nothing was fetched, fit for a person. */
export class FetchProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FetchProblem';
  }
}

const inside = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(network, prefix, 'ipv6');

/** Whether an address belongs to this machine or to a network behind it. */
export const isInside = (address: string): boolean =>
  inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Resolves a name and refuses what lies inside, so that nobody's name server can turn the fetch inward. */
const outsideOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const first = addresses?.[0];
    if (error !== null) callback(error, '', 4);
    else if (first === undefined || addresses.some(({ address }) => isInside(address)))
      callback(new FetchProblem(`${hostname} is an address inside the network`), '', 4);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/** @throws FetchProblem */
function checked(url: URL, { hosts, allowsPrivate }: FetchOptions): URL {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new FetchProblem(`${url.protocol} is not fetched`);
  if (!hosts.includes(url.host)) throw new FetchProblem(`${url.host} is not one of the configured hosts`);
  const bare = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowsPrivate && isIP(bare) !== 0 && isInside(bare))
    throw new FetchProblem(`${bare} is an address inside the network`);
  return url;
}

/** @throws FetchProblem */
export async function fetchPage(address: string, options: FetchOptions): Promise<Fetched> {
  const time = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([options.signal, time]);
  let url = checked(new URL(address), options);
  try {
    for (let hop = 0; ; hop++) {
      const response = await answerOf(url, options, signal);
      const status = response.statusCode ?? 0;
      const target = response.headers.location;
      if (status < 300 || status > 399 || target === undefined) return await fetched(response, url, options);
      response.destroy();
      if (hop === MAX_REDIRECTS) throw new FetchProblem(`more than ${MAX_REDIRECTS} redirects`);
      if (!URL.canParse(target, url.href)) throw new FetchProblem('redirected to what is no address');
      const next = new URL(target, url);
      if (url.protocol === 'https:' && next.protocol === 'http:')
        throw new FetchProblem(`redirected from HTTPS to ${next.origin}`);
      url = checked(next, options);
    }
  } catch (error) {
    if (error instanceof FetchProblem) throw error;
    if (time.aborted) throw new FetchProblem(`no whole answer within ${options.timeoutMs} ms`);
    const { message, code } =
      error instanceof Error
        ? { code: undefined, ...error, message: error.message }
        : { message: String(error), code: undefined };
    throw new FetchProblem(
      typeof code === 'string' && !message.includes(code) ? `${message} (${code})` : message,
    );
  }
}

function answerOf(url: URL, options: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url.href, {
      // A new connection each: nothing of a former one is believed, and the certificate is seen.
      agent: false,
      signal,
      headers: {
        'user-agent': options.userAgent,
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        'accept-encoding': 'identity',
      },
      ...(options.allowsPrivate ? {} : { lookup: outsideOnly }),
      ...(options.authority === undefined ? {} : { ca: options.authority }),
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end();
  });
}

async function fetched(response: IncomingMessage, url: URL, { maxBytes }: FetchOptions): Promise<Fetched> {
  const certificate = certificateOf(response);
  const body = await bodyOf(response, maxBytes);
  const header = response.headersDistinct['content-security-policy'];
  return {
    status: response.statusCode ?? 0,
    url: url.href,
    contentType: response.headers['content-type'] ?? '',
    policies: header ?? [],
    body,
    ...(certificate === undefined ? {} : { certificate }),
  };
}

/** Some servers compress unasked. */
async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const coding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const plain =
    coding === 'gzip' || coding === 'x-gzip'
      ? response.pipe(createGunzip())
      : coding === 'br'
        ? response.pipe(createBrotliDecompress())
        : coding === 'deflate'
          ? response.pipe(createInflate())
          : response;
  if (plain === response && coding !== 'identity' && coding !== '')
    throw new FetchProblem(`the answer is coded as "${coding.slice(0, 32)}"`);
  // `pipe` hands no error on.
  if (plain !== response) response.once('error', (error) => plain.destroy(error));
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of plain) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    if (length > maxBytes) {
      response.destroy();
      throw new FetchProblem(`larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const isTls = (socket: object): socket is TLSSocket => 'getPeerCertificate' in socket;

function certificateOf({ socket }: IncomingMessage): SeenCertificate | undefined {
  if (!isTls(socket)) return undefined;
  const seen = socket.getPeerX509Certificate();
  if (seen === undefined) return undefined;
  const notAfter = Date.parse(seen.validTo);
  if (Number.isNaN(notAfter)) return undefined;
  return {
    fingerprint: seen.fingerprint256.replaceAll(':', '').toLowerCase(),
    notAfter,
    issuer: seen.issuer.replaceAll('\n', ', ').slice(0, 300),
  };
}

/** The text of a page in the character set that it or its answer names; UTF-8 otherwise. */
export function textOfPage({ body, contentType }: Pick<Fetched, 'body' | 'contentType'>): string {
  const stated =
    /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(contentType)?.[1] ??
    /<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(
      Buffer.from(body.subarray(0, 2_048)).toString('latin1'),
    )?.[1] ??
    'utf-8';
  try {
    return new TextDecoder(stated).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
