import type { SiteDevice, SitePage } from '../../../edge/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { StateDot } from '../../kit/state-dot.tsx';
import { relative, timeOrDay } from '../../kit/time.ts';
import { text } from '../text.ts';
import { Inbox } from './inbox.tsx';

/** Below this a battery wants to be changed. */
const LOW_BATTERY_PERCENT = 15;

/** New devices, devices in use, the line to the desk, and what was refused. */
export function DevicesPage({ page }: { page: SitePage }) {
  const { devices, inbox, assets, uplink, quarantine, site } = page;
  const nameOfAsset = (id: string) => assets.find((asset) => asset.id === id)?.name ?? id;
  const time = (at: number) => timeOrDay(at, now.value, site.timeZone);
  const waiting = uplink === undefined ? 0 : uplink.waiting.alarm + uplink.waiting.bulk;
  // What is silent comes first: that is what one is looking for.
  const sorted = devices.toSorted(
    (a, b) => Number(a.online) - Number(b.online) || a.name.localeCompare(b.name),
  );
  return (
    <div class="sheet">
      <h1 class="page-title">{text('site.devices')}</h1>
      <Inbox inbox={inbox} assets={assets} />
      <section aria-labelledby="devices-title">
        <h2 class="section-title" id="devices-title">
          {text('device.title')}
        </h2>
        {devices.length === 0 ? <p class="soft">{text('device.none')}</p> : null}
        <ul class="card rows device-rows">
          {sorted.map((device) => (
            <Device key={device.device} device={device} nameOfAsset={nameOfAsset} />
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="link-title">
        <h2 class="section-title" id="link-title">
          {text('link.title')}
        </h2>
        {uplink === undefined ? (
          <p class="soft">{text('link.none')}</p>
        ) : (
          <>
            <p>
              <StateDot health={uplink.connected ? 'good' : 'warning'}>
                {text(uplink.connected ? 'link.connected' : 'link.lost', { time: time(uplink.since) })}
                {' · '}
                {waiting === 0 ? text('link.nothing-waits') : text('link.waiting', { count: waiting })}
              </StateDot>
            </p>
            {uplink.lastReceiptAt === undefined ? null : (
              <p class="soft">{text('link.receipt', { time: time(uplink.lastReceiptAt) })}</p>
            )}
          </>
        )}
      </section>
      <section class="card" aria-labelledby="refused-title">
        <h2 class="section-title" id="refused-title">
          {text('refused.title')}
        </h2>
        {quarantine.total === 0 ? (
          <p class="soft">{text('refused.none')}</p>
        ) : (
          <>
            <p class="soft">{text('refused.text', { count: quarantine.total })}</p>
            <ul class="rows refused">
              {quarantine.newest.map(({ at, wall, peer, reason }, index) => (
                <li key={`${at} ${index}`} class="row">
                  <span class="row-name">
                    {peer} <span class="faint">{wall}</span>
                  </span>
                  <span class="row-state">{time(at)}</span>
                  <span class="refused-reason">{reason}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    </div>
  );
}

function Device({ device, nameOfAsset }: { device: SiteDevice; nameOfAsset: (id: string) => string }) {
  const { name, online, lastHeardAt, battery, assets } = device;
  const about = [...new Set(assets.map(({ asset }) => nameOfAsset(asset)))].join(', ');
  const isLow = battery !== undefined && battery <= LOW_BATTERY_PERCENT;
  return (
    <li class="row">
      <span class="row-name">
        {name}
        {about === '' ? null : <span class="row-detail">{text('device.about', { assets: about })}</span>}
      </span>
      {battery === undefined ? null : (
        <span class={`row-battery${isLow ? ' ink-critical' : ' faint'}`}>
          <Icon name={isLow ? 'warning' : 'battery'} size={18} />
          {text('device.battery', { percent: Math.round(battery) })}
        </span>
      )}
      <span class="row-state">
        <StateDot health={online ? 'good' : lastHeardAt === undefined ? 'unknown' : 'bad'}>
          {text(online ? 'device.online' : lastHeardAt === undefined ? 'device.never' : 'device.offline')}
          {lastHeardAt === undefined ? null : (
            <span class="row-detail">{text('device.heard', { ago: relative(lastHeardAt, now.value) })}</span>
          )}
        </StateDot>
      </span>
    </li>
  );
}
