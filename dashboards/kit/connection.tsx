import { now } from './clock.ts';
import { Icon } from './icons.tsx';
import { connection } from './live.ts';
import { kitText } from './text.ts';
import { duration } from './time.ts';

/** Live, resuming or offline, and for how long when not live. */
export function ConnectionState() {
  const { state, since } = connection.value;
  void now.value;
  const name = kitText(`kit.connection.${state}`);
  return (
    <span class={`connection connection-${state}`} role="status">
      {state === 'live' ? <span class="pulse" aria-hidden="true" /> : <Icon name="wifi-off" size={15} />}
      {state === 'live'
        ? name
        : kitText('kit.connection.since', { state: name, duration: duration(Date.now() - since) })}
    </span>
  );
}
