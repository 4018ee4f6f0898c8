import { join } from 'node:path';
import { type IncidentDesk, openIncidentDesk } from '../../shifts/incident-desk.ts';
import type { ToolLife } from '../tool-life.ts';
import { type House, troubleOf } from './house.ts';

export function openDesk(house: House): { incidentDesk: IncidentDesk; life: ToolLife } {
  const { configuration, state, store, registry, clock, stream, detector } = house;
  const incidentDesk = openIncidentDesk({
    store,
    storeFile: join(state, 'store.sqlite'),
    state,
    registry,
    clock,
    stream,
    serviceLevels: configuration.serviceLevels,
    commit: (detections) => house.commit([], detections),
    onTrouble: troubleOf(house, 'search'),
  });
  const life: ToolLife = {
    start: (signal) => incidentDesk.start(signal),
    settled: () => incidentDesk.close(),
    problem: () => detector.problem,
    figures: () => ({
      incidentsOpen: store.incidentCounts().open,
      searchesWatched: incidentDesk.hunts.all().filter(({ watch }) => watch !== undefined).length,
    }),
  };
  return { incidentDesk, life };
}
