import type { PictureAsset, PictureSite } from '../../../cloud/api/contract.ts';
import { SeverityChip } from '../../kit/chip.tsx';
import { Icon } from '../../kit/icons.tsx';
import { Popover } from '../../kit/popover.tsx';
import { fullTime, relative, timeOrDay } from '../../kit/time.ts';
import { text } from '../text.ts';
import { conditionOf, propertyName, valueWords } from './condition.ts';
import { isStale, past, shownAt } from './past.ts';
import { nowInSteps, TemperaturePlot } from './temperature-plot.tsx';
import { words } from './words.ts';

const HOUR_MS = 3_600_000;

/** Everything known about one asset now, beside its mark. */
export function AssetDetails(props: {
  asset: PictureAsset;
  site: PictureSite;
  anchor: HTMLElement;
  onClose: () => void;
}) {
  const { asset, site } = props;
  const zone = site.zones.find(({ id }) => id === asset.zone);
  const kind = text(`kind.${asset.kind}`);
  const hasTemperature = asset.states.some(({ property }) => property === 'temperature');
  const to = past.value?.shown?.asOf ?? nowInSteps.value;
  return (
    <Popover anchor={props.anchor} label={asset.name} onClose={props.onClose}>
      <div class="details">
        <header>
          <span class="details-glyph">
            <Icon name={conditionOf(asset).icon} size={20} />
          </span>
          <div>
            <h3>{asset.name}</h3>
            <p class="faint">{zone === undefined ? kind : text('asset.in', { kind, zone: zone.name })}</p>
          </div>
          {asset.alarm === undefined ? null : <SeverityChip severity={asset.alarm} />}
        </header>
        {asset.states.length === 0 ? (
          <p class="soft">{text('asset.no-states')}</p>
        ) : (
          <dl class="details-states">
            {asset.states.map((state) => (
              <div key={state.property}>
                <dt>{propertyName(state.property)}</dt>
                <dd>
                  <strong>{valueWords(state)}</strong>
                  <span class="faint">
                    {text('asset.since', { time: timeOrDay(state.since, shownAt.value, site.timeZone) })}
                  </span>
                  <time
                    class={isStale(state) ? 'ink-medium' : 'faint'}
                    dateTime={new Date(state.seenAt).toISOString()}
                    title={words('picture.as-of', { time: fullTime(state.seenAt, site.timeZone) })}
                  >
                    {relative(state.seenAt, shownAt.value)}
                    {isStale(state) ? ` · ${words('picture.stale')}` : null}
                  </time>
                </dd>
              </div>
            ))}
          </dl>
        )}
        {hasTemperature ? (
          <section>
            <h4 class="details-heading">{text('asset.temperature')}</h4>
            <TemperaturePlot
              asset={asset}
              label={text('asset.temperature')}
              from={to - 6 * HOUR_MS}
              to={to}
              timeZone={site.timeZone}
            />
          </section>
        ) : null}
        <footer>
          <span class="faint">{text('asset.criticality', { count: asset.criticality })}</span>
        </footer>
      </div>
    </Popover>
  );
}
