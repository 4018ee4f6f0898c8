import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../kit/icons.tsx';
import { text } from '../text.ts';

/** Longer is no PIN. */
const MAX_DIGITS = 12;
const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** Large digits for fingers; a keyboard types into it as well. What is typed shows as dots. */
export function Keypad(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onDone: () => void;
  error?: string | undefined;
  busy: boolean;
}) {
  const { value, onChange, onDone, busy } = props;
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(() => box.current?.focus(), []);
  const type = (digit: string) => {
    if (!busy && value.length < MAX_DIGITS) onChange(value + digit);
  };
  const remove = () => {
    if (!busy) onChange(value.slice(0, -1));
  };
  const pressed = (press: KeyboardEvent) => {
    if (/^\d$/.test(press.key)) type(press.key);
    else if (press.key === 'Backspace') remove();
    // On a digit or on "delete" Enter is that button's own.
    else if (press.key === 'Enter' && press.target === box.current && value !== '') onDone();
    else return;
    press.preventDefault();
  };
  return (
    <fieldset ref={box} class="keypad" tabIndex={-1} onKeyDown={pressed}>
      <legend class="keypad-label">{props.label}</legend>
      <p class="keypad-dots">
        <span class="visually-hidden" role="status">
          {text('pin.typed', { count: value.length })}
        </span>
        {Array.from({ length: Math.max(4, value.length) }, (_, index) => (
          <span key={index} class={`keypad-dot${index < value.length ? ' keypad-dot-full' : ''}`} />
        ))}
      </p>
      <p class="keypad-error" role="alert">
        {props.error}
      </p>
      <div class="keypad-keys">
        {digits.map((digit) => (
          <button key={digit} type="button" class="keypad-key" onClick={() => type(digit)}>
            {digit}
          </button>
        ))}
        <button type="button" class="keypad-key keypad-side" aria-label={text('pin.delete')} onClick={remove}>
          <Icon name="arrow-left" size={26} />
        </button>
        <button type="button" class="keypad-key" onClick={() => type('0')}>
          0
        </button>
        <button
          type="button"
          class="keypad-key keypad-ok"
          aria-busy={busy}
          disabled={value === ''}
          onClick={() => {
            if (!busy) onDone();
          }}
        >
          {text('pin.ok')}
        </button>
      </div>
    </fieldset>
  );
}
