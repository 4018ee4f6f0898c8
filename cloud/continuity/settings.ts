import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';
import { contact } from './plan.ts';
import { starters } from './starter.ts';

/** Plans that are there from the first start on. A plan of that name is made once; people change it at the desk. */
export const continuitySettings = z.strictObject({
  plans: z
    .array(
      z.strictObject({
        id: identifier,
        starter: z.string().refine((id) => starters.some((one) => one.id === id), {
          error: `expected one of ${starters.map(({ id }) => id).join(', ')}`,
        }),
        site: identifier,
        /** Services of the file of dependencies that it protects. */
        services: z.array(identifier).max(50).default([]),
        owner: contact,
        deputies: z.array(contact).max(40).default([]),
        contacts: z.array(contact).max(40).default([]),
      }),
    )
    .max(1_000)
    .default([]),
});
export type ContinuitySettings = z.infer<typeof continuitySettings>;
