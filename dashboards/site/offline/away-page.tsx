import { useEffect } from 'preact/hooks';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { kitText } from '../../kit/text.ts';
import { relative, timeOrDay } from '../../kit/time.ts';
import { lastHeard } from '../live/last-heard.ts';
import { text } from '../text.ts';

/** Tried again by itself this often. */
const AGAIN_MS = 5_000;

/** The page was opened and the gateway does not answer: since when, and what that means. */
export function AwayPage({ onRetry }: { onRetry: () => void }) {
  useEffect(() => {
    const again = setInterval(onRetry, AGAIN_MS);
    return () => clearInterval(again);
  }, [onRetry]);
  const heard = lastHeard();
  const time =
    heard === undefined ? '' : timeOrDay(heard.at, heard.at + Date.now() - heard.here, heard.timeZone);
  return (
    <main class="alone alone-narrow">
      <section class="card away" role="alert">
        <span class="away-sign">
          <Icon name="wifi-off" size={40} />
        </span>
        {heard === undefined ? null : <p class="away-site">{heard.site}</p>}
        <h1 class="page-title">{heard === undefined ? text('away.never') : text('away.since', { time })}</h1>
        {heard === undefined ? null : <p class="soft">{relative(heard.here, Date.now())}</p>}
        <p>{text('away.text')}</p>
        <ol class="away-steps">
          <li>{text('away.network')}</li>
          <li>{text('away.power')}</li>
          <li>{text('away.call')}</li>
        </ol>
        <Button look="primary" icon="reopen" onClick={onRetry}>
          {kitText('kit.retry')}
        </Button>
      </section>
    </main>
  );
}
