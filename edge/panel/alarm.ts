import type { Severity } from '../../devices/model/detection.ts';
import type { Facts } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { fittingId } from '../rules/detection-id.ts';
import { DEFAULT_ACTION_LIFETIME_MS, type Detection, type LocalAction } from '../rules/rule.ts';
import { idsAround } from '../rules/surroundings.ts';
import type { ArmingConfiguration } from './arming-state.ts';
import type { PanelContext } from './outcome.ts';

/** Detections that the panel itself makes, with what staff should do: shown beside the alarm. */
export const panelAlarms = {
  intrusion: {
    title: 'Intruder alarm',
    instruction:
      'Do not go in. Call the police and the security desk, look at the pictures from outside, and wait. If it was you: disarm, and tell the desk.',
  },
  duress: {
    title: 'Somebody acts under threat',
    instruction: 'Do not call the site and do not let anything be noticed there. Call the police at once.',
  },
  'arming-refused': {
    title: 'The site could not be armed',
    instruction:
      'Close what is named here, or leave it out by name, and arm again: the site is not protected.',
  },
  tailgating: {
    title: 'Somebody may have come in behind another',
    instruction: 'Look at the camera picture of the door. Ask whoever you do not know what brings them here.',
  },
  'anti-passback': {
    title: 'A badge that is inside already',
    instruction:
      'Find out who has the badge: its owner is asked to show it. If it was lent or lost, have it blocked.',
  },
  'door-propped': {
    title: 'Door propped open',
    instruction:
      'Go there, take away what holds the door, and see that it closes. Ask who has come in meanwhile.',
  },
  'lock-not-following': {
    title: 'A lock does not do what it was told',
    instruction:
      'Try the door by hand. If it can be opened, let nobody leave it alone until the lock is repaired.',
  },
  'exit-unused': {
    title: 'Asked to leave, and nobody left',
    instruction:
      'Look at the door from both sides: a sensor for leaving can be set off from outside with a wire or a puff of gas.',
  },
  delivery: {
    title: 'A delivery that is not as announced',
    instruction:
      'Hand nothing over yet. Compare the name and the vehicle with the announcement, and call the carrier on the number you know.',
  },
} as const;
export type PanelAlarm = keyof typeof panelAlarms;

/** Cameras that take a picture for one alarm. */
const MAX_PICTURES = 4;

/** A detection of the panel's own. `trigger` is the id of the observation that set it off, or `<site>@<due time>`. */
export function panelDetection(
  rule: PanelAlarm,
  severity: Severity,
  trigger: string,
  at: number,
  configuration: Pick<ArmingConfiguration, 'asset'>,
  { site }: PanelContext,
  more: {
    summary: string;
    assets?: readonly string[];
    identities?: string[];
    evidence?: string[];
    facts?: Facts;
    observables?: Record<string, string>;
    tactic?: string;
  },
): Detection {
  return {
    id: fittingId(`${rule}/${configuration.asset}/${trigger}`),
    at,
    rule,
    severity,
    source: `panel:${configuration.asset}`,
    site,
    assets: [...new Set([...(more.assets ?? []), configuration.asset])].slice(0, 64),
    identities: more.identities ?? [],
    observables: more.observables ?? {},
    summary: more.summary.slice(0, 2_000),
    facts: more.facts ?? {},
    evidence: more.evidence ?? [],
    ...(more.tactic !== undefined && { tactic: more.tactic }),
    count: 1,
  };
}

/** What ends something is right even when it comes late: a siren that could not be reached for a minute must still stop. */
const ENDING_LIFETIME_MS = 600_000;
const ending: readonly LocalAction['action'][] = ['siren.off', 'buzzer.off', 'lock.lock'];

/** The same command to each of these assets. */
export const each = (
  assets: readonly string[],
  action: LocalAction['action'],
  reason: string,
  detection?: string,
): LocalAction[] =>
  assets.map((asset) => ({
    action,
    asset,
    reason,
    lifetimeMs: ending.includes(action) ? ENDING_LIFETIME_MS : DEFAULT_ACTION_LIFETIME_MS,
    issuedBy: 'panel',
    ...(detection !== undefined && { detection }),
  }));

/** Cameras that may have seen it: those that guard the asset, then those in its zone. */
export function camerasNear(asset: string, registry: Registry): string[] {
  const place = registry.asset(asset);
  const inZone =
    place?.zone === undefined
      ? []
      : registry
          .assetsOf(place.site)
          .filter(({ kind, zone }) => kind === 'camera' && zone === place.zone)
          .map(({ id }) => id);
  return [...new Set([...idsAround(asset, registry, ['camera']), ...inZone])].slice(0, MAX_PICTURES);
}
