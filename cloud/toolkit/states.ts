/** The 19 tools as they are now. */
import type { Clock } from '../../devices/model/clock.ts';
import type { ToolStanding, ToolState } from '../api/contract/toolkit.ts';
import type { Detector } from '../detector.ts';
import { INTELLIGENCE_RULE } from '../monitors/intelligence-match.ts';
import type { MonitorState } from '../monitors/monitor-state.ts';
import type { Switchboard } from '../monitors/switchboard.ts';
import { HOUSE, type Store } from '../store/store.ts';
import {
  type PeopleToolId,
  peopleToolIds,
  type Tool,
  type ToolId,
  toolOf,
  toolOfAction,
  toolkit as tools,
} from './catalog.ts';
import { toolFigures } from './tool-life.ts';
import type { Toolkit } from './toolkit.ts';

const DAY_MS = 24 * 3_600_000;
/** How far back what was found is looked for. */
const LOOK_BACK_MS = 30 * DAY_MS;
/** Findings shown of a tool. */
const MAX_NEWEST = 5;
/** Lines of the audit log in which the last use is looked for, the newest. */
export const MAX_LINES = 1_000;

export interface StatesParts {
  toolkit: Toolkit;
  switchboard: Pick<Switchboard, 'states'>;
  detector: Pick<Detector, 'counts' | 'problem'>;
  store: Pick<Store, 'audited' | 'newestOf' | 'foundSince'>;
  clock: Clock;
}

/** All 19: the nine monitors, then the ten for people. */
export function toolStates(parts: StatesParts): ToolState[] {
  const { toolkit, switchboard, detector, store } = parts;
  const uses = lastUses(store);
  const more = (id: ToolId): Partial<ToolState> => {
    const said = toolkit.said(id);
    const lastUse = uses.get(id);
    return {
      ...(said === undefined ? {} : { switched: { by: said.by, at: said.at, reason: said.reason } }),
      ...(lastUse === undefined ? {} : { lastUse }),
    };
  };
  return [
    ...switchboard.states(detector).map((state) => ({ ...ofMonitor(state, toolkit), ...more(state.id) })),
    ...peopleToolIds.map((id) => ({ ...ofPeople(id, parts), ...more(id) })),
  ];
}

const described = ({ id, title, about, without, needs }: Tool, toolkit: Toolkit) => ({
  id,
  title,
  about,
  without,
  needs: [...needs],
  holds: tools.filter((one) => needsIt(one, id) && toolkit.isWanted(one.id)).map((one) => one.id),
});

const needsIt = ({ needs }: Tool, id: ToolId): boolean => needs.some((one) => one === id);

function ofMonitor({ reason, by: _by, ...state }: MonitorState, toolkit: Toolkit): ToolState {
  return {
    ...state,
    ...described(toolOf(state.id), toolkit),
    group: 'monitors',
    figures: [],
    ...(reason === undefined ? {} : { problem: reason }),
  };
}

function ofPeople(id: PeopleToolId, { toolkit, store, clock }: StatesParts): ToolState {
  const running = toolkit.running(id);
  const life = running === 'on' ? toolkit.life(id) : undefined;
  const problem = toolkit.isThere(id)
    ? life?.problem?.()
    : 'The configuration of this installation leaves it out.';
  const figures = life?.figures?.() ?? {};
  const state: ToolState = {
    ...described(toolOf(id), toolkit),
    group: 'people',
    enabled: toolkit.isWanted(id),
    canSwitch: toolkit.isThere(id),
    standing: standingOf(running, problem),
    ...(typeof running === 'object' ? { heldBy: running.heldBy } : {}),
    ...(problem === undefined ? {} : { problem }),
    inputs: [],
    figures: toolFigures.flatMap((name) => {
      const value = figures[name];
      return value === undefined ? [] : [{ name, value }];
    }),
    newest: [],
  };
  return id === 'threat-intelligence' ? { ...state, ...matched(store, clock.now()) } : state;
}

function standingOf(running: ReturnType<Toolkit['running']>, problem: string | undefined): ToolStanding {
  if (typeof running === 'object') return 'held';
  return running === 'on' && problem !== undefined ? 'failing' : running;
}

/** What was seen of what is known to be bad. */
function matched(
  store: StatesParts['store'],
  now: number,
): Pick<ToolState, 'detections24h' | 'lastDetectedAt' | 'newest'> {
  const newest = store.newestOf([INTELLIGENCE_RULE], now - LOOK_BACK_MS, MAX_NEWEST);
  const lately = store.foundSince(now - DAY_MS).find(({ rule }) => rule === INTELLIGENCE_RULE);
  const [last] = newest;
  return {
    detections24h: lately?.count ?? 0,
    ...(last === undefined ? {} : { lastDetectedAt: last.at }),
    newest: newest.map(({ id, at, rule, severity, summary }) => ({ id, at, rule, severity, summary })),
  };
}

function lastUses(store: Pick<Store, 'audited'>): Map<ToolId, NonNullable<ToolState['lastUse']>> {
  const uses = new Map<ToolId, NonNullable<ToolState['lastUse']>>();
  for (const { at, by, action } of store.audited({ offset: 0, limit: MAX_LINES })) {
    const id = by === HOUSE ? undefined : toolOfAction(action);
    if (id !== undefined && (uses.get(id)?.at ?? 0) < at) uses.set(id, { at, by, action });
  }
  return uses;
}
