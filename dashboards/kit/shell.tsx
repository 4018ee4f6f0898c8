import type { ComponentChildren } from 'preact';
import { clockRate, now } from './clock.ts';
import { Icon, type IconName } from './icons.tsx';
import { Navigation } from './navigation.tsx';
import { kitText } from './text.ts';
import { day, preciseTime } from './time.ts';
import { Toasts } from './toast.tsx';

export interface Section {
  href: string;
  label: string;
  icon: IconName;
  current: boolean;
  /** A number worth noticing, e.g. open incidents. */
  count?: number | undefined;
  urgent?: boolean;
  /** Sections of one group stand together below its name. */
  group?: string;
  /** On a phone only these are shown below the page, the others behind "More". Without any, all are. */
  isPrimary?: boolean;
}

/**
 * The frame of an application: sections at the side (below on a phone), a bar above, the page in `main`.
 * @param foot below the sections, on a wide screen only
 * @param bar what the bar holds at its end: clock, connection, theme, account
 */
export function Shell(props: {
  name: string;
  sections: readonly Section[];
  bar: ComponentChildren;
  foot?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <div class="shell">
      {/* biome-ignore lint/a11y/useValidAnchor: a link to the content, moved by hand since the fragment is taken. */}
      <a
        class="skip"
        href="#content"
        onClick={(click) => {
          // The fragment is the page's address; the focus is moved by hand.
          click.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {kitText('kit.skip-to-content')}
      </a>
      <header class="shell-bar">
        <span class="shell-brand">
          <Icon name="gatehouse" size={22} />
          <span>{props.name}</span>
        </span>
        <div class="shell-tools">{props.bar}</div>
      </header>
      <Navigation sections={props.sections} foot={props.foot} />
      <main id="content" class="shell-main" tabIndex={-1}>
        {props.children}
      </main>
      <Toasts />
    </div>
  );
}

/** The installation's time, and how fast it runs where that is not the world's pace. */
export function LiveClock({ timeZone }: { timeZone: string }) {
  const rate = clockRate.value;
  return (
    <span class="live-clock">
      <span class="live-clock-day">{day(now.value, timeZone)}</span>
      <span class="live-clock-time">{preciseTime(now.value, timeZone)}</span>
      {rate === 1 ? null : (
        <span class="live-clock-rate" title={kitText('kit.clock.simulated', { rate })}>
          {kitText('kit.clock.rate', { rate })}
        </span>
      )}
    </span>
  );
}
