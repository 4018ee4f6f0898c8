import type { PictureAsset } from '../../../cloud/api/contract.ts';
import { Icon } from '../../kit/icons.tsx';
import { kitText } from '../../kit/text.ts';
import { text } from '../text.ts';
import { conditionOf } from './condition.ts';
import { isStale } from './past.ts';
import { words } from './words.ts';

/** An asset's glyph with its state: a button that opens its details. The state is in its name as well. */
export function AssetMark(props: {
  asset: PictureAsset;
  onOpen: (asset: string, anchor: HTMLElement) => void;
  /** `mark`: on the plan. `row`: in a list, with its name. */
  look: 'mark' | 'row';
  /** Part of the plan's size, 0 to 1. */
  place?: { x: number; y: number };
  /** Its site is not linked: what is shown is the last that was known. */
  isLastKnown: boolean;
  /** Numbers of the story's steps that it takes part in. */
  steps?: readonly number[] | undefined;
  isQuiet?: boolean;
}) {
  const { asset, place, look, steps } = props;
  const { tone, icon, words: state, reading } = conditionOf(asset);
  const temperature = asset.states.find(({ property }) => property === 'temperature');
  // What is older than it may be is not shown as if it held.
  const isOld =
    temperature === undefined ? asset.states.length > 0 && asset.states.every(isStale) : isStale(temperature);
  const shown = props.isLastKnown || isOld ? 'silent' : tone;
  const label = [
    asset.name,
    state === '' ? text(`kind.${asset.kind}`) : state,
    ...(isOld ? [words('picture.stale')] : []),
    ...(asset.alarm === undefined ? [] : [kitText(`kit.severity.${asset.alarm}`)]),
    ...(steps === undefined ? [] : [text('asset.steps', { steps: steps.join(', ') })]),
  ].join(', ');
  return (
    <button
      type="button"
      class={[
        'asset',
        `asset-${look}`,
        `asset-${shown}`,
        ...(asset.alarm === undefined || props.isQuiet ? [] : [`asset-alarm alarm-${asset.alarm}`]),
        ...(props.isQuiet ? ['asset-quiet'] : []),
      ].join(' ')}
      {...(place === undefined ? {} : { style: { left: `${place.x * 100}%`, top: `${place.y * 100}%` } })}
      aria-label={label}
      title={label}
      aria-haspopup="dialog"
      onClick={(click) => props.onOpen(asset.id, click.currentTarget)}
    >
      <span class="asset-glyph">
        <Icon name={icon} size={look === 'mark' ? 15 : 16} />
      </span>
      {look === 'row' ? <span class="asset-name truncate">{asset.name}</span> : null}
      {reading === undefined ? null : <span class="asset-reading">{reading}</span>}
      {steps === undefined ? null : <span class="asset-steps">{steps.slice(0, 3).join(' · ')}</span>}
    </button>
  );
}
