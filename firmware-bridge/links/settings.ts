import { z } from 'zod';

/** Patterns of one link, at most. */
const MAX_PATTERNS = 16;
const pattern = z.string().min(1).max(512);

/** Where a link looks for its port: one path, or patterns as the shell knows them, tried in this order. */
export const portFields = {
  port: pattern.optional(),
  ports: z.union([pattern, z.array(pattern).min(1).max(MAX_PATTERNS)]).optional(),
};

export interface PortSettings {
  port?: string | undefined;
  ports?: string | string[] | undefined;
}

export const patternsOf = ({ port, ports }: PortSettings): string[] => [
  ...(port === undefined ? [] : [port]),
  ...(ports === undefined ? [] : [ports].flat()),
];
