/** Everything the site page shows, put together from the gateway's state. */
import type { Asset } from '../../devices/model/asset.ts';
import type { Clock } from '../../devices/model/clock.ts';
import { severityRank } from '../../devices/model/detection.ts';
import type { ColdChain } from '../cold-chain/cold-chain.ts';
import type { Gateway } from '../gateway.ts';
import { roleOf } from '../panel/arming-state.ts';
import { isOpen } from '../panel/opening.ts';
import { nextScheduled } from '../panel/schedule.ts';
import type { Quarantine } from '../quarantine.ts';
import { kindOfRule } from '../rules/configuration.ts';
import { around, openingsOf } from '../rules/surroundings.ts';
import type { AssetFact } from '../site/facts.ts';
import type { BadgeReaderSetting } from './badge-sign-ins.ts';
import type {
  ArmingCheck,
  SiteAlarm,
  SiteDoor,
  SiteLock,
  SitePage,
  SiteSession,
  SiteTemperature,
  StationStatus,
  UplinkStatus,
  WatchedPoint,
} from './contract.ts';
import { fridgeState } from './fridge-state.ts';
import type { PageMemory } from './memory.ts';
import type { Session } from './sessions.ts';

/** Refused inputs on the page, the newest. */
const SHOWN_REFUSALS = 20;
/** A value without a word for this long is shown as unknown. */
const STALE_TEMPERATURE_MS = 30 * 60_000;

export interface PageSources {
  gateway: Gateway;
  clock: Clock;
  quarantine: Quarantine;
  memory: PageMemory;
  coldChain: ColdChain;
  /** Undefined where the gateway has no cloud. */
  uplink(): UplinkStatus | undefined;
  /** Undefined where alarms go to no monitoring station. */
  station?(): StationStatus | undefined;
  people(): string[];
  badgeReaders(): readonly BadgeReaderSetting[];
}

export function sitePage(sources: PageSources): SitePage {
  const { gateway, clock, quarantine, memory } = sources;
  const { configuration } = gateway;
  const { registry } = configuration;
  const siteId = configuration.gateway.site;
  const now = clock.now();
  const site = registry.site(siteId);
  const assets = registry.assetsOf(siteId);
  const facts = new Map(assets.map(({ id }) => [id, new Map(factsOf(gateway, id))]));
  const fact = (id: string, property: string) => facts.get(id)?.get(property);
  const alarms = alarmsOf(gateway);
  const status = gateway.panel.status();
  const uplink = sources.uplink();
  const station = sources.station?.();
  const walkTest = memory.walkTests.of(now);
  const timeZone = site?.timeZone ?? 'UTC';
  const next = nextScheduled(status.schedule.entries, timeZone, now);
  const online = (id: string) => fact(id, 'online')?.value !== 'offline';

  const door = ({ id, name, kind }: Asset): SiteDoor => {
    const contact = fact(id, 'contact');
    const lock = [
      fact(id, 'lock'),
      ...around(id, registry, ['lock']).map((built) => fact(built.id, 'lock')),
    ].find((known) => known !== undefined);
    const lastBadge = memory.lastBadge(id);
    return {
      asset: id,
      name,
      kind,
      ...(contact?.value === 'open' || contact?.value === 'closed' ? { contact: contact.value } : {}),
      ...(lock?.value === 'locked' || lock?.value === 'unlocked' || lock?.value === 'jammed'
        ? { lock: lock.value }
        : {}),
      ...(contact === undefined ? {} : { since: contact.since }),
      ...(lastBadge === undefined ? {} : { lastBadge }),
      online: online(id),
    };
  };

  const temperature = ({ id, name, band }: Asset): SiteTemperature => {
    const measured = fact(id, 'temperature');
    const celsius = typeof measured?.value === 'number' ? measured.value : undefined;
    const { isNearEdge, ...fridge } = fridgeState(sources.coldChain, id, timeZone, now);
    const condition = conditionOf(id, celsius, band, alarms, {
      isSilent: !online(id) || now - (measured?.seenAt ?? 0) > STALE_TEMPERATURE_MS,
    });
    return {
      asset: id,
      name,
      ...(celsius === undefined ? {} : { celsius }),
      ...(measured === undefined ? {} : { seenAt: measured.seenAt }),
      ...(band === undefined ? {} : { band }),
      condition: condition === 'in-band' && isNearEdge ? 'warning' : condition,
      ...fridge,
    };
  };

  return {
    gateway: configuration.gateway.id,
    site: {
      id: siteId,
      name: site?.name ?? siteId,
      timeZone,
      isOpen: site !== undefined && isOpen(site, now),
    },
    clock: { now, rate: clock.rate },
    arming: { ...status, ...withLeaveOut(status, gateway) },
    ...(next === undefined ? {} : { nextScheduled: next }),
    people: sources.people(),
    ...badgeReadersOf(sources),
    alarms,
    doors: assets.filter(({ kind }) => kind === 'door' || kind === 'cabinet').map(door),
    temperatures: assets
      .filter(({ id, band }) => band !== undefined || fact(id, 'temperature') !== undefined)
      .map(temperature),
    cameras: assets
      .filter(({ kind }) => kind === 'camera')
      .map(({ id, name }) => {
        const picture = fact(id, 'picture')?.value;
        const known = picture === 'visible' || picture === 'obscured' ? picture : 'unknown';
        return { asset: id, name, picture: known, online: online(id) };
      }),
    sirens: sirensOf(gateway).map(({ id, name }) => ({
      asset: id,
      name,
      sounding: fact(id, 'siren')?.value === 'on',
    })),
    locks: locksOf(assets, gateway, fact),
    commands: memory.commands.newest(now),
    notices: gateway.actions.notices().map(({ id: notice, reason, issuedAt, lifetimeMs }) => ({
      notice,
      text: reason,
      at: issuedAt,
      until: issuedAt + lifetimeMs,
    })),
    devices: gateway.site.devices(),
    inbox: gateway.site.inbox(),
    assets: assets.map(({ id, name, kind }) => ({ id, name, kind })),
    ...(uplink === undefined ? {} : { uplink }),
    ...(station === undefined ? {} : { station }),
    watched: watchedPoints(gateway, status),
    ...(walkTest === undefined ? {} : { walkTest }),
    quarantine: {
      total: quarantine.total,
      newest: quarantine
        .newest(SHOWN_REFUSALS)
        .map(({ at, wall, peer, reason }) => ({ at, wall, peer, reason })),
    },
  };
}

/** Every point of the alarm with its zone, and what would stand in the way of arming with all of them. */
function watchedPoints({ configuration }: Gateway, { blockedBy }: ArmingCheck): WatchedPoint[] {
  const { panel, registry } = configuration;
  const because = new Map(blockedBy.map((point) => [point.asset, point.because]));
  const points = [...panel.entryDoors, ...panel.perimeter, ...panel.interior, ...panel.always];
  return points.flatMap((asset): WatchedPoint[] => {
    const about = registry.asset(asset);
    const role = roleOf(asset, panel);
    if (about === undefined || role === undefined) return [];
    const zone = about.zone === undefined ? undefined : registry.zone(about.zone);
    const why = because.get(asset);
    return [
      {
        asset,
        name: about.name,
        kind: about.kind,
        role,
        ...(zone === undefined ? {} : { zone: { id: zone.id, name: zone.name } }),
        ...(why === undefined ? {} : { because: why }),
      },
    ];
  });
}

const lockActions = ['lock.lock', 'lock.unlock'] as const;

/** Each lock of the site: assets of that kind, and doors that lock themselves. */
function locksOf(
  assets: readonly Asset[],
  gateway: Gateway,
  fact: (id: string, property: string) => AssetFact | undefined,
): SiteLock[] {
  const { registry } = gateway.configuration;
  return assets
    .filter(({ id, kind }) => kind === 'lock' || fact(id, 'lock') !== undefined)
    .map(({ id, name, kind }) => {
      const state = fact(id, 'lock')?.value;
      return {
        asset: id,
        name,
        doors: kind === 'lock' ? openingsOf(id, registry).map((door) => door.id) : [id],
        ...(state === 'locked' || state === 'unlocked' || state === 'jammed' ? { state } : {}),
        online: fact(id, 'online')?.value !== 'offline',
        hindrances: lockActions.flatMap((action) => {
          const found = gateway.hindrance({ action, asset: id });
          return found === undefined ? [] : [{ action, ...found }];
        }),
      };
    });
}

/** What a reader from outside without a session may not know. */
export const withoutPeople = ({ badgeReaders: _atSiteOnly, ...page }: SitePage): SitePage => ({
  ...page,
  people: [],
  // Where the staff is to go is not for whoever looks in from outside.
  ...(page.notices === undefined ? {} : { notices: [] }),
  ...(page.commands === undefined ? {} : { commands: page.commands.map((each) => ({ ...each, by: '' })) }),
});

function badgeReadersOf({ badgeReaders, gateway }: PageSources): Pick<SitePage, 'badgeReaders'> {
  const named = badgeReaders().map(({ reader: asset, secondFactor }) => ({
    asset,
    name: gateway.configuration.registry.asset(asset)?.name ?? asset,
    secondFactor,
  }));
  return named.length === 0 ? {} : { badgeReaders: named };
}

/** Sirens and buzzers of the site: what can be silenced. */
export function sirensOf({ configuration }: Gateway): Asset[] {
  const { registry, gateway, panel } = configuration;
  const named = new Set([...panel.sirens, ...panel.buzzers]);
  return registry.assetsOf(gateway.site).filter(({ id, kind }) => kind === 'siren' || named.has(id));
}

/** Says of each hindrance whether it can be left out by name. */
export function withLeaveOut({ ready, blockedBy, bypassed }: ArmingCheck, gateway: Gateway): ArmingCheck {
  const { panel } = gateway.configuration;
  return {
    ready,
    bypassed,
    blockedBy: blockedBy.map((point) => {
      const role = roleOf(point.asset, panel);
      return { ...point, canLeaveOut: role !== undefined && role !== 'always' };
    }),
  };
}

export const sessionAnswer = (
  { person, token, endsAtMs }: Session,
  clock: Clock,
  nowMs = performance.now(),
): SiteSession => ({
  name: person.name,
  token,
  expiresAt: Math.round(clock.now() + (endsAtMs - nowMs) * clock.rate),
});

/**
 * Alarms for the people at the site. That somebody disarmed under threat is for the desk alone: whoever threatens
 * them looks at the same page.
 */
function alarmsOf(gateway: Gateway): SiteAlarm[] {
  const { registry } = gateway.configuration;
  return gateway.alarms
    .list(gateway.activeDetections(), registry)
    .filter(({ rule }) => kindOfRule(rule) !== 'duress');
}

function* factsOf(gateway: Gateway, asset: string): Generator<[string, AssetFact]> {
  for (const known of gateway.site.assetStates(asset)) yield [known.property, known];
}

function conditionOf(
  asset: string,
  celsius: number | undefined,
  band: SiteTemperature['band'],
  alarms: readonly SiteAlarm[],
  { isSilent }: { isSilent: boolean },
): SiteTemperature['condition'] {
  const alarm = alarms.find(
    ({ rule, active, assets }) =>
      active && kindOfRule(rule) === 'temperature-excursion' && assets.some(({ id }) => id === asset),
  );
  if (alarm !== undefined)
    return severityRank(alarm.severity) >= severityRank('high') ? 'excursion' : 'warning';
  if (celsius === undefined || isSilent) return 'unknown';
  if (band === undefined) return 'in-band';
  return celsius < band.minCelsius || celsius > band.maxCelsius ? 'warning' : 'in-band';
}
