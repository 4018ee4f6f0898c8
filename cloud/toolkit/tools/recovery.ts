import { Continuity } from '../../continuity/continuity.ts';
import { openMeasures } from '../../continuity/lessons.ts';
import type { ToolLife } from '../tool-life.ts';
import { type House, troubleOf } from './house.ts';

/** Plans, recoveries and exercises. A recovery's clock and an exercise's end go on while the tool is off. */
export async function openRecovery(house: House): Promise<{ continuity: Continuity; life: ToolLife }> {
  const { configuration, store, registry, clock, landscape, ended } = house;
  const continuity = new Continuity({
    store,
    registry,
    clock,
    settings: configuration.continuity,
    graph: () => landscape.graph,
    onTrouble: troubleOf(house, 'continuity'),
  });
  await continuity.start(ended);
  const life: ToolLife = {
    figures: () => ({
      plans: continuity.plans().filter(({ retired }) => retired === undefined).length,
      recoveriesUnderWay: continuity.recoveries().filter((one) => one.ended === undefined).length,
      measuresOverdue: openMeasures(continuity.allLessons(), clock.now()).filter(({ isOverdue }) => isOverdue)
        .length,
    }),
  };
  return { continuity, life };
}
