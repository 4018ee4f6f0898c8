import { Icon } from '../../kit/icons.tsx';
import type { Said, Told } from '../content/said.ts';
import { type Item, type ItemText, mediumParts, type Part } from '../game/items.ts';
import { plain, Saying, T } from './words.tsx';

/** A text in which `~~…~~` is struck out. */
function Struck({ of }: { of: Said }) {
  const [before = '', struck, after = ''] = of.text.split('~~');
  return struck === undefined ? (
    <Saying of={of} />
  ) : (
    <>
      {before}
      <s>{struck}</s>
      {after}
    </>
  );
}

/**
 * A message, page or call, drawn in our own markup. Nothing in it is a link: its parts are text or, while places
 * are asked for, buttons.
 */
export function MockUp(props: {
  item: Item;
  texts: Told<ItemText>;
  /** Parts that are tapped; undefined: they can't be. */
  tapped?: ReadonlySet<Part> | undefined;
  onTap?: (part: Part) => void;
  /** Shows where one could have seen it. */
  isSolved: boolean;
}) {
  const { item, texts, tapped, isSolved } = props;
  return (
    <figure class={`mock mock-${item.medium}`} aria-label={plain(`medium.${item.medium}`)}>
      <figcaption class="mock-medium">
        <Icon name={icons[item.medium]} size={15} /> <T k={`medium.${item.medium}`} />
      </figcaption>
      {mediumParts[item.medium].map((part: Part) => {
        const text = texts.parts[part];
        if (text === undefined) return null;
        const why = isSolved ? texts.why[part] : undefined;
        const label = <span class="mock-label">{plain(`part.${part}`)}</span>;
        const content = (
          <span class="mock-text">
            <Struck of={text} />
          </span>
        );
        return (
          <div key={part} class={`mock-part mock-part-${part}${why === undefined ? '' : ' mock-part-clue'}`}>
            {tapped === undefined ? (
              <div class="mock-inner">
                {label}
                {content}
              </div>
            ) : (
              <button
                type="button"
                class="mock-inner mock-tap"
                aria-pressed={tapped.has(part)}
                onClick={() => props.onTap?.(part)}
              >
                {label}
                {content}
              </button>
            )}
            {why === undefined ? null : (
              <p class="mock-why">
                <Icon name="warning" size={15} /> <Saying of={why} />
              </p>
            )}
          </div>
        );
      })}
    </figure>
  );
}

const icons = {
  mail: 'note',
  sms: 'bell',
  shop: 'shop',
  payment: 'payment-service',
  notice: 'physical',
  call: 'person',
} as const;
