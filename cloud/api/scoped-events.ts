import type { Registry } from '../../devices/model/registry.ts';
import type { Store } from '../store/store.ts';
import type { StreamEvent } from './contract.ts';
import { summaryOf } from './incident-summary.ts';
import type { Scope } from './scope.ts';
import type { View } from './stream.ts';

interface EventParts {
  store: Pick<Store, 'incident' | 'handling'>;
  registry: Registry;
}

type Views = {
  [Type in StreamEvent['type']]: (
    event: Extract<StreamEvent, { type: Type }>,
    scope: Scope,
    parts: EventParts,
  ) => StreamEvent | undefined;
};

/** For each event what somebody who does not see all sites may see of it. A new event has to say it here. */
const views: Views = {
  incident(event, scope, { store, registry }) {
    const incident = store.incident(event.data.id);
    const handling = incident === undefined ? undefined : store.handling(incident.id);
    const part = incident === undefined ? undefined : scope.part(incident);
    if (part === undefined || handling === undefined) return undefined;
    return part === incident ? event : { type: 'incident', data: summaryOf(part, handling, registry) };
  },
  'incident-gone'(event, scope, { store }) {
    const into = store.incident(event.data.into);
    if (event.data.into === '' || (into !== undefined && scope.seesIncident(into))) return event;
    return { type: 'incident-gone', data: { id: event.data.id, into: '' } };
  },
  asset: (event, scope) => (scope.seesSite(event.data.site) ? event : undefined),
  gateway: (event, scope) => (scope.seesSite(event.data.site) ? event : undefined),
  site: (event, scope) => (scope.seesSite(event.data.id) ? event : undefined),
  clock: (event) => event,
  scenario: () => undefined,
  suppression: (event, scope) => (seesSuppression(scope, event.data) ? event : undefined),
  toolkit: (event) => event,
  presence(event, scope, { store }) {
    const incident = store.incident(event.data.incident);
    return incident !== undefined && scope.seesAllOf(incident) ? event : undefined;
  },
  shift: (event) => event,
  response: (event, scope, { store }) =>
    scope.seesWhole(store.incident(event.data.incident)) ? event : undefined,
  restart: (event) => event,
};

/** One that concerns all sites is for those who see all. */
export const seesSuppression = (
  scope: Scope,
  of: { asset?: string | undefined; site?: string | undefined },
): boolean =>
  scope.isAll ||
  ((of.asset !== undefined || of.site !== undefined) &&
    (of.asset === undefined || scope.seesAsset(of.asset)) &&
    (of.site === undefined || scope.seesSite(of.site)));

const kept = new WeakMap<Scope, View>();

/** What a scope sees of events; undefined: everything. The same function for the same scope. */
export function viewOf(scope: Scope, parts: EventParts): View | undefined {
  if (scope.isAll) return undefined;
  const known = kept.get(scope);
  if (known !== undefined) return known;
  const view: View = (event) => seenOf(event, scope, parts);
  kept.set(scope, view);
  return view;
}

function seenOf<Type extends StreamEvent['type']>(
  event: Extract<StreamEvent, { type: Type }>,
  scope: Scope,
  parts: EventParts,
): StreamEvent | undefined {
  const of: Views[Type] | undefined = views[event.type as Type];
  return of?.(event, scope, parts);
}
