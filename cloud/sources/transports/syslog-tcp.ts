import { createServer } from 'node:net';
import { z } from 'zod';
import type { Intake } from '../intake.ts';
import { keepListening, listening, port } from './syslog-listening.ts';
import { serveStreams, streaming } from './syslog-stream.ts';

export const syslogTcp = z.strictObject({
  type: z.literal('syslog-tcp'),
  ...listening,
  port: port.default(601),
  ...streaming,
});
export type SyslogTcp = z.infer<typeof syslogTcp>;

/**
 * RFC 6587: both framings, told apart message by message. A sender that is faster than the store or over its
 * quota is held back by TCP itself; nothing is dropped. Runs until the signal ends it.
 */
export const receiveSyslogTcp = (
  settings: SyslogTcp,
  intake: Intake,
  boot: string,
  onListening: (port: number) => void,
  signal: AbortSignal,
): Promise<void> =>
  keepListening(`TCP port ${settings.port}`, settings.from, intake, boot, onListening, signal, (listens) =>
    serveStreams(settings, listens, (accept) => createServer(accept)),
  );
