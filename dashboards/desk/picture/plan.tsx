import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { PictureSite } from '../../../cloud/api/contract.ts';
import { Icon } from '../../kit/icons.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { text } from '../text.ts';
import { AssetDetails } from './asset-details.tsx';
import { AssetMark } from './asset-mark.tsx';
import { isInAlarm, siteOnFloor } from './floors.ts';
import { placeAssets, placeName } from './placing.ts';
import { words } from './words.ts';

/** A mark's size with a little air, px. */
const MARK_PX = 31;
/** Below this width of a zone its name would cover its marks, px. */
const NAME_MIN_PX = 64;

/**
 * A site's floor plan: zones as drawn by their outlines, assets as live marks, alarms as a tint. What has no
 * place on the plan (servers, the shop) is listed below it. A site without a plan is such a list alone.
 * @param steps which steps of a story each asset takes part in; then all others step back
 */
export function Plan(props: { site: PictureSite; steps?: ReadonlyMap<string, readonly number[]> }) {
  const { site, steps } = props;
  const open = useSignal<{ asset: string; anchor: HTMLElement } | undefined>(undefined);
  const frame = useRef<HTMLElement>(null);
  const width = useSignal(420);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const sized = new ResizeObserver(() => {
      width.value = Math.max(120, element.clientWidth);
    });
    sized.observe(element);
    return () => sized.disconnect();
  }, [width]);
  const chosenFloor = useSignal<string | undefined>(undefined);
  const floors = site.floors ?? [];
  const floor =
    floors.find(({ id }) => id === chosenFloor.value) ??
    floors.find(({ id }) => isInAlarm(site, id)) ??
    floors[0];
  const shown = useMemo(() => (floor === undefined ? site : siteOnFloor(site, floor)), [site, floor]);
  const { placed, elsewhere } = useMemo(
    () => placeAssets(shown, MARK_PX / width.value),
    [shown, width.value],
  );
  const peopleIn = new Map(site.people?.map(({ zone, count }) => [zone, count]));
  const isLastKnown = site.gateway !== undefined && !site.gateway.connected;
  const onOpen = (asset: string, anchor: HTMLElement) => {
    open.value = { asset, anchor };
  };
  const opened = site.assets.find(({ id }) => id === open.value?.asset);
  const isQuiet = (id: string) => steps !== undefined && !steps.has(id);
  const { plan } = shown;
  const listed = steps === undefined ? elsewhere : elsewhere.filter(({ id }) => steps.has(id));
  return (
    <div class="plan-block">
      {floors.length < 2 || floor === undefined ? null : (
        <Tabs
          label={words('picture.floor')}
          choices={floors.map(({ id, name }) => ({
            name: id,
            label: isInAlarm(site, id) ? (
              <span class="ink-critical" title={words('picture.floor-alarm', { name })}>
                {name} !
              </span>
            ) : (
              name
            ),
          }))}
          chosen={floor.id}
          onChoose={(id) => {
            chosenFloor.value = id;
          }}
        />
      )}
      {plan === undefined ? null : (
        <figure
          ref={frame}
          class={`plan${isLastKnown ? ' plan-last-known' : ''}`}
          aria-label={text('site.plan', { site: site.name })}
          style={{ aspectRatio: `${plan.width} / ${plan.height}` }}
        >
          {floor?.image === undefined ? null : (
            <img
              class="plan-image"
              src={floor.image.address}
              alt=""
              style={{ opacity: floor.image.opacity }}
            />
          )}
          <svg viewBox={`0 0 ${plan.width} ${plan.height}`} preserveAspectRatio="none" aria-hidden="true">
            {shown.zones
              .filter(({ outline }) => outline.length > 2)
              .map((zone) => (
                <polygon
                  key={zone.id}
                  class={`zone${floor?.image === undefined ? '' : ' zone-over-image'}${zone.alarm === undefined ? '' : ` zone-alarm alarm-${zone.alarm}`}`}
                  points={zone.outline.map(({ x, y }) => `${x},${y}`).join(' ')}
                />
              ))}
          </svg>
          {shown.zones
            .filter(({ outline }) => outline.length > 2)
            .map((zone) => {
              const share =
                (Math.max(...zone.outline.map(({ x }) => x)) - Math.min(...zone.outline.map(({ x }) => x))) /
                plan.width;
              if (share * width.value < NAME_MIN_PX) return null;
              const size = { width: width.value, height: (width.value * plan.height) / plan.width };
              const name = placeName(zone, plan, size, placed);
              return (
                <span
                  key={zone.id}
                  class={`zone-name truncate zone-name-${name.corner}`}
                  style={{ left: `${name.x * 100}%`, top: `${name.y * 100}%`, maxWidth: `${share * 100}%` }}
                >
                  {zone.name}
                  <PeopleCount zone={zone.name} count={peopleIn.get(zone.id) ?? 0} />
                </span>
              );
            })}
          {placed.map(({ asset, x, y }) => (
            <AssetMark
              key={asset.id}
              asset={asset}
              look="mark"
              place={{ x, y }}
              isLastKnown={isLastKnown}
              isQuiet={isQuiet(asset.id)}
              steps={steps?.get(asset.id)}
              onOpen={onOpen}
            />
          ))}
        </figure>
      )}
      {listed.length === 0 ? null : (
        <ul class={`systems${plan === undefined ? ' systems-alone' : ''}`} aria-label={text('site.systems')}>
          {listed.map((asset) => (
            <li key={asset.id}>
              <AssetMark
                asset={asset}
                look="row"
                isLastKnown={isLastKnown && asset.zone !== undefined}
                steps={steps?.get(asset.id)}
                onOpen={onOpen}
              />
            </li>
          ))}
        </ul>
      )}
      {open.value === undefined || opened === undefined ? null : (
        <AssetDetails
          key={opened.id}
          asset={opened}
          site={site}
          anchor={open.value.anchor}
          onClose={() => {
            // Another one may have been opened by the click that closed this one.
            if (open.value?.asset === opened.id) open.value = undefined;
          }}
        />
      )}
    </div>
  );
}

function PeopleCount({ zone, count }: { zone: string; count: number }) {
  if (count === 0) return null;
  const says = words('picture.people-in', { count, zone });
  return (
    <span class="zone-people" title={says}>
      <Icon name="person" size={11} />
      <span aria-hidden="true">{count}</span>
      <span class="visually-hidden">{says}</span>
    </span>
  );
}
