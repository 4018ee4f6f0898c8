import type { ToolLife } from '../tool-life.ts';
import type { House } from './house.ts';

export const intelligenceLife = ({ intelligence, detector }: House): ToolLife => ({
  start: (signal) => intelligence.start(signal, () => detector.wake()),
  problem() {
    const broken = intelligence.health().find(({ problem }) => problem !== undefined);
    return broken === undefined ? undefined : `${broken.name}: ${broken.problem ?? ''}`;
  },
  figures: () => ({ indicators: intelligence.library.size, feeds: intelligence.settings.feeds.length }),
});
