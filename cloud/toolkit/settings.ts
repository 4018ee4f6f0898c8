import { z } from 'zod';
import { toolIds } from './catalog.ts';

const [first, ...rest] = toolIds;

export const toolkitSettings = z.strictObject({
  /** Tools that are off to begin with; administrators switch each later, and what they said goes before this. */
  off: z
    .array(
      z.enum([first, ...rest], {
        error: ({ input }) => `there is no tool "${String(input)}": expected one of ${toolIds.join(', ')}`,
      }),
    )
    .refine((ids) => new Set(ids).size === ids.length, 'a tool is named twice')
    .default([]),
});
export type ToolkitSettings = z.infer<typeof toolkitSettings>;
