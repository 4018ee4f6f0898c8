/** For a screen on the wall: large, by itself, one site that needs attention after the other. */
import './wall.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { IncidentSummary, PictureSite } from '../../../cloud/api/contract.ts';
import { IconButton } from '../../kit/button.tsx';
import { SeverityMark } from '../../kit/chip.tsx';
import { clockRate, now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { connection } from '../../kit/live.ts';
import { go } from '../../kit/route.ts';
import { Skeleton } from '../../kit/states.tsx';
import { day, preciseTime, timeOfDay } from '../../kit/time.ts';
import { attention, deskZone, picture } from '../live/desk-state.ts';
import { standingOf } from '../map/site-standing.ts';
import { Plan } from '../picture/plan.tsx';
import { useWhole } from '../picture/whole.ts';
import { isNight, needy, nextOf, TURN_MS } from './turns.ts';
import { words } from './words.ts';

/** Sites in the strip below: of more, those that need somebody. */
const MAX_IN_STRIP = 80;
/** Incidents named beside a site's plan. */
const MAX_NAMED = 4;

export function WallPage() {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = useSignal<string | undefined>(undefined);
  const seen = useRef(new Set<string>());
  const isFull = useSignal(document.fullscreenElement !== null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // No button has the focus: nobody is there to press it.
    element?.focus();
    const changed = () => {
      isFull.value = document.fullscreenElement !== null;
    };
    document.addEventListener('fullscreenchange', changed);
    const lock = keepAwake();
    return () => {
      document.removeEventListener('fullscreenchange', changed);
      lock();
      if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
      element?.close();
    };
  }, []);
  const held = picture.value;
  const sites = held.state === 'there' ? held.value.sites : [];
  const queue = needy(sites);
  const latest = useRef(queue);
  latest.current = queue;
  useEffect(() => {
    const turn = () => {
      const next = nextOf(latest.current, shown.value, seen.current);
      shown.value = next?.id;
      const inQueue = new Set(latest.current.map(({ id }) => id));
      for (const id of seen.current) if (!inQueue.has(id)) seen.current.delete(id);
      if (next !== undefined) seen.current.add(next.id);
    };
    turn();
    const timer = setInterval(turn, TURN_MS);
    return () => clearInterval(timer);
  }, [held.state]);
  const zone = deskZone.value;
  const night = isNight(now.value, zone);
  // What belongs to no site is news as well.
  const elsewhere =
    attention.value.state === 'there'
      ? attention.value.value.items.filter(({ state }) => state === 'open').slice(0, MAX_NAMED)
      : [];
  const site = queue.find(({ id }) => id === shown.value) ?? queue[0];
  return (
    <dialog
      ref={dialog}
      class={`wall${night ? ' wall-night' : ''}`}
      aria-label={words('wall.title')}
      tabIndex={-1}
      onCancel={(cancel) => {
        cancel.preventDefault();
        go();
      }}
    >
      <header class="wall-head">
        <span class="wall-brand">
          <Icon name="gatehouse" size={34} />
        </span>
        <Facts sites={sites} />
        <span class="wall-clock">
          <span class="wall-day">{day(now.value, zone)}</span>
          <time>{preciseTime(now.value, zone)}</time>
        </span>
        <span class="wall-tools">
          {isFull.value ? null : (
            <IconButton
              icon="fit"
              label={words('wall.full')}
              onClick={() => void dialog.current?.requestFullscreen().catch(() => undefined)}
            />
          )}
          <IconButton icon="close" label={words('wall.leave')} onClick={() => go()} />
        </span>
      </header>
      <Connection />
      {held.state === 'loading' ? (
        <Skeleton lines={[80, 360]} />
      ) : site === undefined && elsewhere.length > 0 ? (
        <div class="wall-turn">
          <div class="wall-words">
            <h1>{words('wall.elsewhere')}</h1>
            <Incidents items={elsewhere} timeZone={zone} />
          </div>
        </div>
      ) : site === undefined ? (
        <div class="wall-calm">
          <span class="wall-calm-mark">
            <Icon name={sites.length === 0 ? 'site' : 'check'} size={96} />
          </span>
          <h1>{sites.length === 0 ? words('wall.no-sites') : words('wall.calm')}</h1>
          {sites.length === 0 ? null : <p>{words('wall.calm-text', { count: sites.length })}</p>}
        </div>
      ) : (
        <Turn key={site.id} site={site} number={queue.indexOf(site) + 1} count={queue.length} />
      )}
      <Strip sites={sites.length > MAX_IN_STRIP ? queue.slice(0, MAX_IN_STRIP) : sites} shown={site?.id} />
    </dialog>
  );
}

/** The screen stays on, where the browser can see to that. */
function keepAwake(): () => void {
  let sentinel: WakeLockSentinel | undefined;
  let isOver = false;
  const ask = () => {
    if (isOver || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    navigator.wakeLock.request('screen').then(
      (given) => {
        sentinel = given;
        if (isOver) void given.release();
      },
      () => undefined,
    );
  };
  ask();
  document.addEventListener('visibilitychange', ask);
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', ask);
    void sentinel?.release().catch(() => undefined);
  };
}

function Connection() {
  const { state, since } = connection.value;
  if (state === 'live') return null;
  // The interruption's beginning on the installation's clock.
  const lostAt = now.value - (Date.now() - since) * clockRate.value;
  return (
    <p class="wall-lost" role="alert">
      <Icon name="wifi-off" size={28} />
      {state === 'offline'
        ? words('wall.lost', { time: timeOfDay(lostAt, deskZone.value) })
        : words('wall.resuming')}
    </p>
  );
}

function Facts({ sites }: { sites: readonly PictureSite[] }) {
  const gateways = sites.flatMap(({ gateway }) => gateway ?? []);
  const armed = gateways.filter(
    ({ armingMode }) => armingMode !== undefined && armingMode !== 'disarmed',
  ).length;
  const linked = gateways.filter(({ connected }) => connected).length;
  const open = attention.value.state === 'there' ? attention.value.value.counts.open : 0;
  return (
    <ul class="wall-facts">
      <li class={open > 0 ? 'ink-critical' : ''}>
        <strong>{open}</strong> {words('wall.open', { count: open })}
      </li>
      <li>
        <strong>{words('wall.of', { part: armed, all: gateways.length })}</strong> {words('wall.armed')}
      </li>
      <li class={linked < gateways.length ? 'ink-high' : ''}>
        <strong>{words('wall.of', { part: linked, all: gateways.length })}</strong> {words('wall.linked')}
      </li>
    </ul>
  );
}

function Turn({ site, number, count }: { site: PictureSite; number: number; count: number }) {
  const held = useWhole(site);
  const { standing, icon, says } = standingOf(site);
  const incidents =
    attention.value.state === 'there'
      ? attention.value.value.items
          .filter(({ sites }) => sites.some(({ id }) => id === site.id))
          .slice(0, MAX_NAMED)
      : [];
  const whole = held.state === 'there' ? held.value : site;
  const down = whole.linksDown ?? [];
  return (
    <div class={`wall-turn wall-turn-${standing}`}>
      <div class="wall-words">
        <p class="wall-place">
          {words('wall.attention', { count })} · {words('wall.place', { number, count })}
        </p>
        <h1>{site.name}</h1>
        <p class={`wall-standing wall-ink-${standing}`}>
          <Icon name={icon} size={34} />
          {says}
        </p>
        <Incidents items={incidents} timeZone={site.timeZone} />
        <ul class="wall-incidents">
          {site.gateway?.connected === false ? (
            <li>
              <Icon name="wifi-off" size={26} />
              <span>
                {words('wall.unlinked')}{' '}
                {site.gateway.lastSeenAt === undefined ? null : (
                  <span class="faint">
                    {words('wall.as-of', { time: timeOfDay(site.gateway.lastSeenAt, site.timeZone) })}
                  </span>
                )}
              </span>
            </li>
          ) : null}
          {down.filter(({ kind }) => kind !== 'gateway').length === 0 ? null : (
            <li>
              <Icon name="link" size={26} />
              <span>
                {words('wall.links-down', { count: down.length })}{' '}
                <span class="faint">
                  {down
                    .slice(0, 3)
                    .map(({ name }) => name)
                    .join(', ')}
                </span>
              </span>
            </li>
          )}
          {(site.summary?.stale ?? 0) === 0 ? null : (
            <li>
              <Icon name="clock" size={26} />
              <span>{words('wall.stale', { count: site.summary?.stale ?? 0 })}</span>
            </li>
          )}
        </ul>
      </div>
      <div class="wall-plan">
        {held.state === 'there' ? <Plan site={held.value} /> : <Skeleton lines={[420]} />}
      </div>
    </div>
  );
}

function Incidents({ items, timeZone }: { items: readonly IncidentSummary[]; timeZone: string }) {
  if (items.length === 0) return null;
  return (
    <ul class="wall-incidents">
      {items.map(({ id, title, severity, first }) => (
        <li key={id}>
          <SeverityMark severity={severity} size={26} />
          <span>
            {title} <span class="faint">{timeOfDay(first, timeZone)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Strip({ sites, shown }: { sites: readonly PictureSite[]; shown: string | undefined }) {
  return (
    <ul class="wall-strip" aria-label={words('wall.all-sites')}>
      {sites.map((site) => {
        const { standing, icon, says } = standingOf(site);
        return (
          <li key={site.id} class={`wall-ink-${standing}${site.id === shown ? ' wall-strip-shown' : ''}`}>
            <Icon name={icon} size={18} label={says} />
            <span class="truncate">{site.name}</span>
          </li>
        );
      })}
    </ul>
  );
}
