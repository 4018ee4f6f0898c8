import { useSignal } from '@preact/signals';
import type { SiteDevice, SitePage } from '../../../edge/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Icon } from '../../kit/icons.tsx';
import { StateDot } from '../../kit/state-dot.tsx';
import { relative, timeOrDay } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { asPerson, takeOutOfUse } from '../session.ts';
import { text } from '../text.ts';
import { Inbox } from './inbox.tsx';
import { Station } from './station.tsx';

/** Below this a battery wants to be changed. */
const LOW_BATTERY_PERCENT = 15;

/** New devices, devices in use, the line to the desk, and what was refused. */
export function DevicesPage({ page }: { page: SitePage }) {
  const { devices, inbox, assets, uplink, quarantine, site } = page;
  const leaving = useSignal<SiteDevice | undefined>(undefined);
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
            <Device
              key={device.device}
              device={device}
              nameOfAsset={nameOfAsset}
              onTakeOut={() => {
                leaving.value = device;
              }}
            />
          ))}
        </ul>
      </section>
      {leaving.value === undefined ? null : (
        <TakeOut
          device={leaving.value}
          onClose={() => {
            leaving.value = undefined;
          }}
        />
      )}
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
      <Station station={page.station} timeZone={site.timeZone} />
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

/** Says what it means before a device is taken out of use. */
function TakeOut({ device, onClose }: { device: SiteDevice; onClose: () => void }) {
  return (
    <Dialog title={text('device.take-out')} onClose={onClose}>
      <p>{text('device.take-out-text', { name: device.name })}</p>
      <DialogActions onCancel={onClose}>
        <Button
          look="danger"
          onClick={() => {
            onClose();
            asPerson(
              text('device.take-out'),
              () => takeOutOfUse(device.device),
              () => say(text('device.taken-out', { name: device.name }), 'good'),
            );
          }}
        >
          {text('device.take-out')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Device(props: { device: SiteDevice; nameOfAsset: (id: string) => string; onTakeOut: () => void }) {
  const { device, nameOfAsset, onTakeOut } = props;
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
      <IconButton icon="close" label={text('device.take-out-of', { name })} onClick={onTakeOut} />
    </li>
  );
}
