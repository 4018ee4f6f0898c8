import { signal } from '@preact/signals';
import { IconButton } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';
import { kitText } from './text.ts';

interface Toast {
  id: number;
  text: string;
  tone: 'neutral' | 'good' | 'critical';
  href?: string | undefined;
}

/** More at once would hide the page; the oldest goes. */
const MAX_TOASTS = 4;
const SHOWN_MS = 6_000;

const toasts = signal<readonly Toast[]>([]);
let next = 1;

const dismiss = (id: number) => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

/** Says something in passing. A `critical` one stays until it is dismissed. */
export function say(text: string, tone: Toast['tone'] = 'neutral', href?: string): void {
  const id = next++;
  toasts.value = [...toasts.value, { id, text, tone, href }].slice(-MAX_TOASTS);
  if (tone !== 'critical') setTimeout(dismiss, SHOWN_MS, id);
}

const icons: Record<Toast['tone'], IconName> = { neutral: 'bell', good: 'check', critical: 'warning' };

/** Once per application, at the end of the shell. */
export function Toasts() {
  return (
    <section class="toasts" aria-label={kitText('kit.notices')} aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.tone}`}>
          <Icon name={icons[toast.tone]} size={18} />
          {toast.href === undefined ? (
            <p>{toast.text}</p>
          ) : (
            <a href={toast.href} class="toast-link" onClick={() => dismiss(toast.id)}>
              {toast.text}
            </a>
          )}
          <IconButton icon="close" label={kitText('kit.dismiss')} onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </section>
  );
}
