/**
 * Which certificate a camera is held to. Cameras make their own, so nobody vouches for it at first: the first one with
 * which a log-in was good is kept, and from then on it is that one or none. (Whoever stood in between at that very
 * moment would be kept: the installer is shown the fingerprint for that.) Another one gets neither a log-in nor a
 * request, unless a known authority signed it for this very name.
 */
import { Agent as HttpsAgent } from 'node:https';
import { TLSSocket } from 'node:tls';

/** A handshake that takes longer is none, real ms. */
const HANDSHAKE_WITHIN_MS = 8_000;

/** SHA-256 of a certificate as people compare it: `AB:CD:…`. */
export const fingerprintShape = /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/;

export class OtherCertificate extends Error {
  readonly shown: string;
  constructor(expected: string, shown: string) {
    super(`the camera shows another certificate: ${shown} instead of ${expected}`);
    this.name = 'OtherCertificate';
    this.shown = shown;
  }
}

/** The library may wrap an error and keep its words. */
export const isOtherCertificate = (error: unknown): boolean =>
  error instanceof OtherCertificate ||
  (error instanceof Error && error.message.includes('shows another certificate'));

export class CertificateTrust {
  #expected: string | undefined;
  #shown: string | undefined;
  #other: string | undefined;
  readonly #told: { onHeld?(fingerprint: string): void; onOther?(shown: string, expected: string): void };

  /** @param expected undefined: the first one with which a log-in is good */
  constructor(
    expected?: string,
    told: { onHeld?(fingerprint: string): void; onOther?(shown: string, expected: string): void } = {},
  ) {
    this.#expected = expected;
    this.#told = told;
  }

  /** What it is held to; undefined before the first log-in. */
  get expected(): string | undefined {
    return this.#expected;
  }

  /** What it shows instead, since it last showed the right one. */
  get other(): string | undefined {
    return this.#other;
  }

  /** After the handshake, before anything is sent. @returns why not */
  judge(shown: string, isVouchedFor: boolean): OtherCertificate | undefined {
    this.#shown = shown;
    if (this.#expected === undefined || shown === this.#expected || isVouchedFor) {
      this.#other = undefined;
      return undefined;
    }
    const isNews = this.#other !== shown;
    this.#other = shown;
    if (isNews) this.#told.onOther?.(shown, this.#expected);
    return new OtherCertificate(this.#expected, shown);
  }

  /** A log-in was good over the connection that was judged last. */
  proved(): void {
    if (this.#shown === undefined || this.#shown === this.#expected) return;
    this.#hold(this.#shown);
  }

  /** A person says that the camera's certificate is another one now. */
  accept(fingerprint: string): void {
    this.#other = undefined;
    this.#hold(fingerprint);
  }

  #hold(fingerprint: string): void {
    this.#expected = fingerprint;
    this.#told.onHeld?.(fingerprint);
  }
}

/** Connections on which nothing is sent before the certificate was judged. */
export function trustingAgent(trust: CertificateTrust, keepAlive: boolean): HttpsAgent {
  // Without resumption: each handshake shows the certificate.
  const agent = new HttpsAgent({ keepAlive, maxCachedSessions: 0 });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    // Nobody vouches for most cameras: it is judged here instead.
    const socket = connect({ ...options, rejectUnauthorized: false });
    if (!(socket instanceof TLSSocket)) throw new TypeError('not a TLS connection');
    const failed = (error: Error) => {
      socket.destroy();
      callback?.(error, socket);
    };
    const late = setTimeout(() => failed(new Error('the TLS handshake got no answer')), HANDSHAKE_WITHIN_MS);
    socket.once('error', failed);
    socket.once('close', () => clearTimeout(late));
    socket.once('secureConnect', () => {
      clearTimeout(late);
      socket.off('error', failed);
      const shown = socket.getPeerX509Certificate()?.fingerprint256;
      const refused =
        shown === undefined
          ? new Error('the camera shows no certificate')
          : trust.judge(shown, socket.authorized);
      if (refused === undefined) callback?.(null, socket);
      else failed(refused);
    });
    return undefined;
  };
  return agent;
}
