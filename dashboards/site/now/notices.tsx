/** Messages of the security desk: they stand above everything until somebody says that they were read. */
import type { SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { asPerson, sawNotice } from '../session.ts';
import { text } from '../text.ts';

export function Notices({ page }: { page: SitePage }) {
  const notices = page.notices ?? [];
  return (
    <>
      {notices.map(({ notice, text: words, at }) => (
        <section key={notice} class="notice" role="alert" aria-label={text('notice.from-desk')}>
          <p class="notice-from">
            <Icon name="bell" size={20} />
            {text('notice.from-desk')} · {timeOrDay(at, now.value, page.site.timeZone)}
          </p>
          <p class="notice-text">{words}</p>
          <Button
            look="primary"
            icon="eye"
            onClick={() =>
              asPerson(
                text('notice.seen'),
                () => sawNotice(notice),
                () => say(text('notice.told'), 'good'),
              )
            }
          >
            {text('notice.seen')}
          </Button>
        </section>
      ))}
    </>
  );
}
