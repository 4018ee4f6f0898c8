import { z } from 'zod';
import { severity } from '../../devices/model/detection.ts';
import { peopleToolIds, type ToolId, toolIds } from '../toolkit/catalog.ts';
import { toolFigures } from '../toolkit/tool-life.ts';
import type { ToolkitList } from './contract/toolkit.ts';

const maybe = z.exactOptional;
const at = z.number();
const [first, ...rest] = toolIds;
export const toolId: z.ZodType<ToolId, ToolId> = z.enum([first, ...rest]);

export const toolkitList: z.ZodType<ToolkitList> = z.strictObject({
  items: z.array(
    z.strictObject({
      id: toolId,
      group: z.enum(['monitors', 'people']),
      title: z.string(),
      about: z.string(),
      without: z.string(),
      enabled: z.boolean(),
      canSwitch: z.boolean(),
      standing: z.enum(['on', 'off', 'held', 'no-data', 'behind', 'failing']),
      needs: z.array(z.enum(peopleToolIds)),
      heldBy: maybe(toolId),
      holds: z.array(toolId),
      since: maybe(at),
      switched: maybe(z.strictObject({ by: z.string(), at, reason: z.string() })),
      problem: maybe(z.string()),
      observations: maybe(z.number()),
      lastObservedAt: maybe(at),
      inputs: z.array(z.strictObject({ name: z.string(), observations: z.number(), lastAt: at })),
      figures: z.array(z.strictObject({ name: z.enum(toolFigures), value: z.number() })),
      detections24h: maybe(z.number()),
      lastDetectedAt: maybe(at),
      newest: z.array(
        z.strictObject({
          id: z.string(),
          at,
          rule: z.string(),
          severity,
          summary: z.string(),
          incident: maybe(z.string()),
        }),
      ),
      lastUse: maybe(z.strictObject({ at, by: maybe(z.string()), action: maybe(z.string()) })),
    }),
  ),
});
