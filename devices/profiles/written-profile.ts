/**
 * A family of devices that a user describes in the gateway's configuration, without code: which topics, where in the
 * message, in which unit and which words. What is checked here is told with line and key; docs/adding-a-device.md
 * shows the whole of it.
 */
import { z } from 'zod';
import { catalog } from './catalog.ts';
import { profileFrom } from './written-profile-reading.ts';
import { sampleProblems } from './written-profile-samples.ts';
import { writtenShape } from './written-profile-schema.ts';

export const MAX_WRITTEN_PROFILES = 64;

export const writtenProfile = writtenShape.superRefine((profile, context) => {
  for (const { path: at, message: text } of sampleProblems(profileFrom(profile), profile.samples))
    context.addIssue({ code: 'custom', path: ['samples', ...at], message: text });
});

/** The `profiles:` section of a gateway's configuration. */
export const writtenProfiles = z
  .array(writtenProfile)
  .max(MAX_WRITTEN_PROFILES)
  .superRefine((entries, context) => {
    const taken = new Set(catalog.map(({ name }) => name));
    for (const [index, { name }] of entries.entries()) {
      if (taken.has(name))
        context.addIssue({
          code: 'custom',
          continue: false,
          path: [index, 'name'],
          message: `there is already a profile "${name}"`,
        });
      taken.add(name);
    }
  });
