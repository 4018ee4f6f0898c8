import type { ComponentChildren } from 'preact';

export interface TabChoice<Name extends string> {
  name: Name;
  label: ComponentChildren;
  count?: number | undefined;
}

/**
 * One of several, as a row of buttons with the arrow keys of a radio group: filters, views, modes.
 * @param label what is being chosen, for those who cannot see it
 */
export function Tabs<Name extends string>(props: {
  label: string;
  choices: readonly TabChoice<Name>[];
  chosen: Name;
  onChoose: (name: Name) => void;
}) {
  const step = (press: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[press.key];
    if (by === undefined) return;
    press.preventDefault();
    const at = props.choices.findIndex(({ name }) => name === props.chosen);
    const next = props.choices[(at + by + props.choices.length) % props.choices.length];
    if (next === undefined || !(press.currentTarget instanceof HTMLElement)) return;
    props.onChoose(next.name);
    press.currentTarget.querySelectorAll('button')[props.choices.indexOf(next)]?.focus();
  };
  return (
    <div class="tabs" role="radiogroup" aria-label={props.label} onKeyDown={step}>
      {props.choices.map(({ name, label, count }) => (
        // biome-ignore lint/a11y/useSemanticElements: a radio input cannot hold the count and the focus ring.
        <button
          key={name}
          type="button"
          role="radio"
          class="tab"
          aria-checked={name === props.chosen}
          tabIndex={name === props.chosen ? 0 : -1}
          onClick={() => props.onChoose(name)}
        >
          {label}
          {count === undefined ? null : <span class="tab-count">{count}</span>}
        </button>
      ))}
    </div>
  );
}
