/** What the nine monitors have that does not run in the detector: how it is, and how it is switched. */
import type { Trail } from '../audit/trail.ts';
import type { IdentityBridge } from '../identity-bridge/bridge.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { IntegrityWatch } from '../integrity/watch.ts';
import type { Policies } from '../policy/policies.ts';
import type { MonitorId } from './nine.ts';
import type { MonitorPart } from './switchboard.ts';

export interface Beside {
  trail: Trail | undefined;
  identityBridge: IdentityBridge | undefined;
  integrity: IntegrityWatch | undefined;
  looking: Looking | undefined;
  policies: Policies;
  ingest: Pick<Ingest, 'isConnected'>;
  gateways: readonly { id: string }[];
}

/** The look at pages and files, which can be stopped and begun again. */
export interface Looking {
  switch(isOn: boolean): void;
  done(): Promise<void>;
}

export function lookingUnless(ended: AbortSignal, integrity: Pick<IntegrityWatch, 'start'>): Looking {
  let stop: AbortController | undefined;
  let done: Promise<unknown> = Promise.resolve();
  return {
    switch(isOn) {
      if (isOn === (stop !== undefined)) return;
      stop?.abort();
      stop = isOn ? new AbortController() : undefined;
      if (stop !== undefined) {
        const next = integrity.start(AbortSignal.any([ended, stop.signal]));
        done = Promise.all([done, next.done]);
      }
    },
    done: async () => {
      await done;
    },
  };
}

export function partsBeside(parts: Beside): Partial<Record<MonitorId, MonitorPart>> {
  const { trail, identityBridge, integrity, looking, policies, ingest, gateways } = parts;
  const gatewaysGone = () => {
    const gone = gateways.filter(({ id }) => !ingest.isConnected(id));
    if (gone.length === 0 || gone.length < gateways.length) return undefined;
    return gone.length === 1
      ? 'The gateway is not connected.'
      : `None of ${gone.length} gateways is connected.`;
  };
  return {
    'physical-asset': { isThere: true, problem: gatewaysGone },
    access: { isThere: true, problem: gatewaysGone },
    'application-integrity': {
      isThere: true,
      problem() {
        const lost = integrity?.health().pages.find(({ state }) => state === 'unreachable');
        return lost === undefined ? undefined : `${lost.url} is not reached: ${lost.because ?? 'no answer'}`;
      },
      switch: (isOn) => looking?.switch(isOn),
    },
    policy: { isThere: policies.states().length > 0 },
    'identity-bridge': { isThere: identityBridge !== undefined },
    'audit-trail': {
      isThere: trail !== undefined,
      problem: () => trail?.health.problem,
      activity: () => {
        const { size = 0, lastAt } = trail?.health ?? {};
        return { count: size, ...(lastAt === undefined ? {} : { lastAt }) };
      },
      switch: (isOn) => trail?.pause(!isOn),
    },
  };
}
