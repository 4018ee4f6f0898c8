/** Three tools look at the same landscape: what there is, what it risks, what falls with it. None does anything by itself. */
import type { ToolLife } from '../tool-life.ts';
import type { House } from './house.ts';

export const assetMapLife = ({ registry, landscape }: House): ToolLife => ({
  figures: () => ({
    assets: registry.document.assets.length,
    dependencies: landscape.graph.dependencies.length,
  }),
});

export const riskLife = ({ landscape }: House): ToolLife => ({
  figures: () => ({ decisions: landscape.riskDecisions().length }),
});

export const cascadeLife = ({ landscape }: House): ToolLife => ({
  figures: () => ({ comparisons: landscape.comparisons().length }),
});
