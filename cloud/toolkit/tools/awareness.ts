import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Awareness, openAwareness } from '../../awareness/awareness.ts';
import type { ToolLife } from '../tool-life.ts';
import type { House } from './house.ts';

const built = resolve(import.meta.dirname, '..', '..', '..', 'dashboards', 'dist', 'awareness');

/** What is kept of people who learn is deleted when its time has come, whether the tool is on or off. */
export async function openLearning(house: House): Promise<{ awareness: Awareness; life: ToolLife }> {
  const { configuration, store, registry, clock, ended } = house;
  const { pages, enabled } = configuration.awareness;
  const folder = pages === undefined ? built : configuration.resolve(pages);
  const awareness = await openAwareness(
    { settings: configuration.awareness, store, registry, clock, folder },
    ended,
  );
  const life: ToolLife = {
    isThere: enabled,
    problem: () =>
      existsSync(join(folder, 'course.json')) ? undefined : 'The public pages have not been built.',
    figures: () => ({ learners: awareness.learners().length, warnings: awareness.published().length }),
  };
  return { awareness, life };
}
