import { z } from 'zod';

/** Patterns of one link, at most. */
const MAX_PATTERNS = 16;
const pattern = z.string().min(1).max(512);

/** Where a link looks for its port: one path, or patterns as the shell knows them, tried in this order. */
export const portFields = {
  port: pattern.optional(),
  ports: z.union([pattern, z.array(pattern).min(1).max(MAX_PATTERNS)]).optional(),
};

/** Longest patience that makes sense: a device that needs more is broken. */
const MAX_PATIENCE_MS = 3_600_000;
const patience = z.number().int().min(500).max(MAX_PATIENCE_MS);

/** How long a link waits for its device; a slow board, or an emulated one on a busy machine, needs more. */
export const patienceFields = (ordinary: { helloMs: number; silenceMs: number }) => ({
  /** From the opening of a port until its device has said what it is, in real time. */
  helloMs: patience.default(ordinary.helloMs),
  /** Nothing heard for so long, in the site's time, and the port is opened anew. */
  silenceMs: patience.default(ordinary.silenceMs),
});

export interface PortSettings {
  port?: string | undefined;
  ports?: string | string[] | undefined;
}

export const patternsOf = ({ port, ports }: PortSettings): string[] => [
  ...(port === undefined ? [] : [port]),
  ...(ports === undefined ? [] : [ports].flat()),
];
