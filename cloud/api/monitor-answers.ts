/** Shapes of the answers about monitors that people look into: for the OpenAPI document and for tests of answers. */
import { z } from 'zod';
import { severity } from '../../devices/model/detection.ts';
import { observationKind } from '../../devices/model/observation.ts';
import type { IntegrityOverview, PolicyList } from './contract.ts';

const maybe = z.exactOptional;
const at = z.number();

export const policyList: z.ZodType<PolicyList> = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      kind: z.string(),
      severity,
      serves: z.array(z.strictObject({ standard: z.string(), section: z.string() })),
      inForceFrom: at,
      state: z.enum(['met', 'violated', 'not-applicable', 'no-data', 'switched-off']),
      since: maybe(at),
      scopes: z.number(),
      breaches: z.array(
        z.strictObject({ detection: z.string(), at, summary: z.string(), assets: z.array(z.string()) }),
      ),
    }),
  ),
});

export const integrityOverview: z.ZodType<IntegrityOverview> = z.strictObject({
  pages: z.array(
    z.strictObject({
      url: z.string(),
      state: z.enum(['learning', 'watched', 'unreachable', 'not-fetched']),
      reachedAt: maybe(at),
      because: maybe(z.string()),
      scripts: z.number(),
      open: z.number(),
    }),
  ),
  folders: z.array(
    z.strictObject({
      path: z.string(),
      files: z.number(),
      open: z.number(),
      unreadable: z.number(),
      isCut: z.boolean(),
    }),
  ),
  findings: z.array(
    z.strictObject({
      id: z.string(),
      at,
      kind: observationKind,
      where: z.string(),
      what: z.string(),
      isThere: z.boolean(),
    }),
  ),
});
