import type { AssetMap, MappedAsset, MappedDependency } from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Chip, SeverityMark } from '../../kit/chip.tsx';
import { Icon } from '../../kit/icons.tsx';
import { address } from '../../kit/route.ts';
import { changing, mayEdit } from './asset-data.ts';
import { kindIcon, kindName, money, time } from './asset-words.ts';
import { removeNeed } from './requests.ts';
import { words } from './words.ts';

/** What is known of one asset, beside the map. */
export function AssetDetails(props: {
  map: AssetMap;
  asset: MappedAsset;
  onClose: () => void;
  onChoose: (id: string) => void;
  onEdit: () => void;
  /** Undefined: a new one. */
  onNeed: (need: MappedDependency | undefined) => void;
}) {
  const { map, asset } = props;
  const nameOf = (id: string) => map.assets.find((one) => one.id === id)?.name ?? id;
  const needs = map.dependencies.filter(({ of }) => of === asset.id);
  const needed = map.dependencies.filter(({ on }) => on.some((one) => one.asset === asset.id));
  const isListed = asset.criticality !== undefined;
  return (
    <aside class="asset-panel" aria-label={words('panel.label', { name: asset.name })}>
      <header class="asset-panel-head">
        <span class="asset-panel-icon">
          <Icon name={kindIcon(asset.kind)} size={20} />
        </span>
        <div>
          <h2>{asset.name}</h2>
          <p class="faint">
            {[kindName(asset.kind), ...(asset.zone === undefined ? [] : [asset.zone])].join(' · ')}
          </p>
        </div>
        <IconButton icon="close" label={words('panel.close')} onClick={props.onClose} />
      </header>
      <p class="asset-panel-worth">
        {asset.criticality === undefined
          ? words('panel.unlisted')
          : words('node.criticality', { value: asset.criticality })}{' '}
        {asset.harm === undefined || asset.harm.loss < 1
          ? null
          : words('panel.harm', {
              amount: money(asset.harm.loss, map.currency),
              time: time(map.horizonMs),
            })}{' '}
        {asset.harm?.gravest === undefined ? null : words('panel.gravest', { words: asset.harm.gravest })}
      </p>
      <div class="asset-panel-actions">
        {isListed && mayEdit() ? (
          <Button size="small" onClick={props.onEdit}>
            {words('panel.edit')}
          </Button>
        ) : null}
        <a class="button button-plain button-small" href={address('cascade', 'fail', `${asset.id}:down`)}>
          <Icon name="cascade" />
          <span class="button-text">{words('panel.what-if')}</span>
        </a>
      </div>
      <section>
        <h3>{words('panel.incidents')}</h3>
        {asset.incidents.length === 0 ? <p class="faint">–</p> : null}
        <ul class="asset-panel-list">
          {asset.incidents.map(({ id, title, severity }) => (
            <li key={id}>
              <SeverityMark severity={severity} />
              <a href={address('incidents', id)}>{title}</a>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{words('panel.threats')}</h3>
        {asset.threats.length === 0 ? <p class="faint">{words('panel.threats-none')}</p> : null}
        <div class="asset-panel-chips">
          {asset.threats.map((name) => (
            <Chip key={name} icon="warning">
              {name}
            </Chip>
          ))}
        </div>
      </section>
      <section>
        <header class="asset-panel-row">
          <h3>{words('panel.needs')}</h3>
          {mayEdit() ? (
            <Button size="small" icon="plus" onClick={() => props.onNeed(undefined)}>
              {words('add.dependency')}
            </Button>
          ) : null}
        </header>
        {needs.length === 0 ? <p class="faint">{words('panel.needs-nothing')}</p> : null}
        <ul class="asset-needs">
          {needs.map((need) => {
            const names = need.on.map((one) => nameOf(one.asset)).join(', ');
            return (
              <li key={need.id}>
                <div class="asset-need-names">
                  {need.on.map(({ asset: id }) => (
                    <button type="button" class="asset-link" key={id} onClick={() => props.onChoose(id)}>
                      {nameOf(id)}
                    </button>
                  ))}
                  <span class="asset-need-about">
                    {typeName(need.type)} · <NeedLine need={need} />
                  </span>
                  <span class="asset-need-origin">{words(`origin.${need.origin}`)}</span>
                </div>
                {mayEdit() ? (
                  <div class="asset-need-actions">
                    <IconButton
                      icon="note"
                      label={words('need.edit', { names })}
                      onClick={() => props.onNeed(need)}
                    />
                    <IconButton
                      icon="close"
                      label={words('need.remove', { names })}
                      onClick={() => void changing(() => removeNeed(need.id), words('need.removed'))}
                    />
                  </div>
                ) : null}
              </li>
            );
          })}
        </ul>
      </section>
      <section>
        <h3>{words('panel.needed-by')}</h3>
        {needed.length === 0 ? <p class="faint">{words('panel.needed-by-nothing')}</p> : null}
        <ul class="asset-needs">
          {needed.map((need) => (
            <li key={need.id}>
              <div class="asset-need-names">
                <button type="button" class="asset-link" onClick={() => props.onChoose(need.of)}>
                  {nameOf(need.of)}
                </button>
                <span class="asset-need-about">
                  {typeName(need.type)} · <NeedLine need={need} />
                </span>
              </div>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}

export const needTypes = [
  'power',
  'network',
  'cooling',
  'hosting',
  'supply',
  'access',
  'guard',
  'control',
  'data',
  'payment',
  'people',
  'other',
] as const;
const typeName = (type: string) => words(`need.${needTypes.find((one) => one === type) ?? 'other'}`);

function NeedLine({ need }: { need: MappedDependency }) {
  const several =
    need.on.length > 1 && need.needed !== undefined
      ? ` · ${words('need.of-several', { needed: need.needed, all: need.on.length })}`
      : '';
  return (
    <>
      {words('need.line', {
        chance: Math.round(need.probability * 100),
        after: need.delayMs < 1 ? '' : words('need.after', { time: time(need.delayMs) }),
        bears: need.bufferMs < 1 ? '' : words('need.bears', { time: time(need.bufferMs) }),
      })}
      {several}
    </>
  );
}
