import { readFileSync } from 'node:fs';
import { createServer, type TLSSocket } from 'node:tls';
import { z } from 'zod';
import { type Intake, messageOf } from '../intake.ts';
import { keepListening, listening, port } from './syslog-listening.ts';
import { serveStreams, streaming } from './syslog-stream.ts';

/** A client that dribbles its handshake is cut. */
const HANDSHAKE_WITHIN_MS = 10_000;
const MAX_NAMES = 1_024;

const path = z.string().min(1).max(4_096);

export const syslogTls = z
  .strictObject({
    type: z.literal('syslog-tls'),
    ...listening,
    port: port.default(6_514),
    ...streaming,
    /** Certificate with its chain, PEM; read whenever the port is opened. */
    certificateFile: path,
    keyFile: path,
    /** Authorities that senders' certificates must come from; without it, whoever `from` allows may send. */
    clientAuthorityFile: path.optional(),
    /** Which of those may send: a name of the certificate (DNS, else its common name). */
    clientNames: z.array(z.string().min(1).max(253)).max(MAX_NAMES).optional(),
  })
  .refine(
    ({ clientNames, clientAuthorityFile }) => clientNames === undefined || clientAuthorityFile !== undefined,
    {
      path: ['clientNames'],
      error: 'names of senders are known only with clientAuthorityFile',
    },
  );
export type SyslogTls = z.infer<typeof syslogTls>;

/** The names that a sender's certificate is good for. */
function namesOf(socket: TLSSocket): string[] {
  const { subject, subjectaltname } = socket.getPeerCertificate();
  const alternative = [...(subjectaltname ?? '').matchAll(/(?:^|, )DNS:([^,\s]{1,253})/g)];
  const common: unknown = subject?.CN;
  return (alternative.length > 0 ? alternative.map(([, name]) => name ?? '') : [common])
    .filter((name): name is string => typeof name === 'string')
    .map((name) => name.toLowerCase());
}

/**
 * RFC 5425: syslog over TLS 1.2 or later, with certificates of the senders where authorities are given. Frames, bounds
 * and back-pressure are those of TCP. Runs until the signal ends it.
 */
export const receiveSyslogTls = (
  settings: SyslogTls,
  intake: Intake,
  boot: string,
  onListening: (port: number) => void,
  signal: AbortSignal,
): Promise<void> =>
  keepListening(`TLS port ${settings.port}`, settings.from, intake, boot, onListening, signal, (listens) => {
    const { certificateFile, keyFile, clientAuthorityFile, clientNames } = settings;
    const wanted =
      clientNames === undefined ? undefined : new Set(clientNames.map((name) => name.toLowerCase()));
    const options = {
      cert: readFileSync(certificateFile),
      key: readFileSync(keyFile),
      minVersion: 'TLSv1.2' as const,
      handshakeTimeout: HANDSHAKE_WITHIN_MS,
      ...(clientAuthorityFile === undefined
        ? {}
        : { ca: readFileSync(clientAuthorityFile), requestCert: true, rejectUnauthorized: true }),
    };
    return serveStreams(settings, listens, (accept) => {
      const server = createServer(options, (socket) => {
        socket.on('error', () => undefined);
        const names = wanted === undefined ? [] : namesOf(socket);
        if (wanted !== undefined && !names.some((name) => wanted.has(name))) {
          intake.note(
            new Uint8Array(),
            socket.remoteAddress ?? 'unknown',
            `certificate of ${names.join(', ') || 'nobody'}, who may not send`,
          );
          socket.destroy();
          return;
        }
        accept(socket);
      });
      server.on('tlsClientError', (error, socket) => {
        intake.note(new Uint8Array(), socket.remoteAddress ?? 'unknown', `no TLS: ${messageOf(error)}`);
      });
      return server;
    });
  });
