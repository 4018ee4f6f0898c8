import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { kitText } from './text.ts';

interface Common {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  required?: boolean;
}

function Frame(props: Common & { id: string; children: ComponentChildren }) {
  return (
    <div class={`field${props.error === undefined ? '' : ' field-wrong'}`}>
      <label for={props.id} class="field-label">
        {props.label}
        {props.required ? <span class="faint"> ({kitText('kit.required')})</span> : null}
      </label>
      {props.children}
      {props.error === undefined ? null : (
        <p class="field-error" id={`${props.id}-error`}>
          <Icon name="warning" size={14} /> {props.error}
        </p>
      )}
      {props.hint === undefined ? null : (
        <p class="field-hint" id={`${props.id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  );
}

const describedBy = (id: string, { hint, error }: Common): string | undefined => {
  const ids = [
    ...(error === undefined ? [] : [`${id}-error`]),
    ...(hint === undefined ? [] : [`${id}-hint`]),
  ];
  return ids.length === 0 ? undefined : ids.join(' ');
};

/** One line of text. */
export function TextField(
  props: Common & {
    value: string;
    onInput: (value: string) => void;
    type?: 'text' | 'password';
    autoComplete?: string;
    inputMode?: 'text' | 'numeric';
    autoFocus?: boolean;
  },
) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <input
        {...(props.type === 'password' ? { type: 'password' } : { type: 'text' })}
        id={id}
        class="input"
        value={props.value}
        required={props.required ?? false}
        autocomplete={props.autoComplete}
        inputMode={props.inputMode}
        ref={(input) => {
          if (props.autoFocus && input !== null && input.dataset.focused === undefined) {
            input.dataset.focused = '';
            input.focus();
          }
        }}
        aria-invalid={props.error !== undefined}
        aria-describedby={describedBy(id, props)}
        onInput={(input) => props.onInput(input.currentTarget.value)}
      />
    </Frame>
  );
}

/** Several lines of text. */
export function TextArea(
  props: Common & { value: string; onInput: (value: string) => void; rows?: number; maxLength?: number },
) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <textarea
        id={id}
        class="input"
        rows={props.rows ?? 3}
        maxLength={props.maxLength ?? 2_000}
        required={props.required ?? false}
        value={props.value}
        aria-invalid={props.error !== undefined}
        aria-describedby={describedBy(id, props)}
        onInput={(input) => props.onInput(input.currentTarget.value)}
      />
    </Frame>
  );
}

/** One of a few, by the system's own list. */
export function Select<Name extends string>(
  props: Common & {
    value: Name;
    options: readonly { value: Name; label: string }[];
    onChange: (value: Name) => void;
    /** Keeps the label for screen readers only, where the place says it. */
    bare?: boolean;
  },
) {
  const id = useId();
  const select = (
    <span class="select">
      <select
        id={id}
        class="input"
        value={props.value}
        aria-label={props.bare ? props.label : undefined}
        aria-describedby={describedBy(id, props)}
        onChange={(change) => {
          const chosen = props.options.find(({ value }) => value === change.currentTarget.value);
          if (chosen !== undefined) props.onChange(chosen.value);
        }}
      >
        {props.options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" size={14} />
    </span>
  );
  return props.bare ? (
    select
  ) : (
    <Frame {...props} id={id}>
      {select}
    </Frame>
  );
}

/** On or off, at once. */
export function Switch(props: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={props.on}
      onClick={() => props.onChange(!props.on)}
    >
      <span class="switch-track" aria-hidden="true">
        <span class="switch-thumb" />
      </span>
      {props.label}
    </button>
  );
}
