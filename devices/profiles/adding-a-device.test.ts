/** What docs/adding-a-device.md shows must work as it stands there. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseConfiguration } from '../configuration.ts';
import { writtenProfiles } from './written-profile.ts';

test('the profile without code is in order, samples included', () => {
  const guide = readFileSync(new URL('../../docs/adding-a-device.md', import.meta.url), 'utf8');
  const [, block = ''] = /```yaml\n(profiles:\n[\s\S]*?)```/.exec(guide) ?? [];
  const { profiles } = parseConfiguration(z.strictObject({ profiles: writtenProfiles }), block, 'guide');
  expect(profiles.map(({ name, samples }) => [name, samples.length])).toEqual([['fridgy', 3]]);
});
