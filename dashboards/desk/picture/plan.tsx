import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { PictureSite } from '../../../cloud/api/contract.ts';
import { text } from '../text.ts';
import { AssetDetails } from './asset-details.tsx';
import { AssetMark } from './asset-mark.tsx';
import { placeAssets, placeName } from './placing.ts';

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
  const { placed, elsewhere } = useMemo(() => placeAssets(site, MARK_PX / width.value), [site, width.value]);
  const isLastKnown = site.gateway !== undefined && !site.gateway.connected;
  const onOpen = (asset: string, anchor: HTMLElement) => {
    open.value = { asset, anchor };
  };
  const opened = site.assets.find(({ id }) => id === open.value?.asset);
  const isQuiet = (id: string) => steps !== undefined && !steps.has(id);
  const { plan } = site;
  const listed = steps === undefined ? elsewhere : elsewhere.filter(({ id }) => steps.has(id));
  return (
    <div class="plan-block">
      {plan === undefined ? null : (
        <figure
          ref={frame}
          class={`plan${isLastKnown ? ' plan-last-known' : ''}`}
          aria-label={text('site.plan', { site: site.name })}
          style={{ aspectRatio: `${plan.width} / ${plan.height}` }}
        >
          <svg viewBox={`0 0 ${plan.width} ${plan.height}`} preserveAspectRatio="none" aria-hidden="true">
            {site.zones
              .filter(({ outline }) => outline.length > 2)
              .map((zone) => (
                <polygon
                  key={zone.id}
                  class={`zone${zone.alarm === undefined ? '' : ` zone-alarm alarm-${zone.alarm}`}`}
                  points={zone.outline.map(({ x, y }) => `${x},${y}`).join(' ')}
                />
              ))}
          </svg>
          {site.zones
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
