import type { SitePage } from '../../../edge/api/contract.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { address } from '../../kit/route.ts';
import { text } from '../text.ts';
import { ConditionChip, Reading } from './reading.tsx';

/** Every thermometer as a tile that leads to its chart. */
export function TemperatureTiles({ temperatures, assets }: Pick<SitePage, 'temperatures' | 'assets'>) {
  if (temperatures.length === 0) return null;
  return (
    <section aria-labelledby="temperatures-title">
      <h2 class="section-title" id="temperatures-title">
        {text('temperature.title')}
      </h2>
      <ul class="tiles tiles-temperature">
        {temperatures.map((temperature) => (
          <li key={temperature.asset} class={`tile tile-temperature temperature-${temperature.condition}`}>
            <a class="tile-link" href={address('temperatures', temperature.asset)}>
              <span class="tile-head">
                <Icon name={iconOf(temperature.asset, assets)} size={22} />
                <h3 class="tile-name">{temperature.name}</h3>
              </span>
              <Reading temperature={temperature} />
              <ConditionChip temperature={temperature} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const iconOf = (id: string, assets: SitePage['assets']): IconName =>
  assets.find((asset) => asset.id === id)?.kind === 'fridge' ? 'fridge' : 'thermometer';
