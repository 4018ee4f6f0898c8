import { useSignal } from '@preact/signals';
import type { SitePage } from '../../../edge/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { relative } from '../../kit/time.ts';
import { lastWords } from '../said.ts';
import { text } from '../text.ts';
import { AssignDialog } from './assign-dialog.tsx';
import { nameOf } from './steps.ts';

/** Devices that were heard and belong to nothing yet. */
export function Inbox({ inbox, assets }: Pick<SitePage, 'inbox' | 'assets'>) {
  const chosen = useSignal<string | undefined>(undefined);
  const device = inbox.find((entry) => entry.device === chosen.value);
  return (
    <section aria-labelledby="inbox-title">
      <h2 class="section-title" id="inbox-title">
        {text('inbox.title')}
      </h2>
      {inbox.length === 0 ? (
        <div class="card quiet">
          <Icon name="wifi" size={26} />
          <div>
            <p class="quiet-title">{text('inbox.empty')}</p>
            <p class="soft">{text('inbox.empty-text')}</p>
          </div>
        </div>
      ) : (
        <>
          <p class="soft section-text">{text('inbox.text')}</p>
          <ul class="choices">
            {inbox.map((entry) => (
              <li key={entry.device}>
                <button
                  type="button"
                  class="choice"
                  onClick={() => {
                    chosen.value = entry.device;
                  }}
                >
                  <Icon name="sensor" size={26} />
                  <span class="choice-text">
                    <span class="choice-name">{nameOf(entry)}</span>
                    <span class="choice-detail">
                      {[
                        ...(entry.model === undefined ? [] : [entry.model]),
                        ...(entry.last === '' ? [] : [text('inbox.says', { last: lastWords(entry) })]),
                        text('inbox.heard', {
                          count: entry.messages,
                          ago: relative(entry.lastHeardAt, now.value),
                        }),
                      ].join(' · ')}
                    </span>
                  </span>
                  <Icon name="chevron-right" size={20} />
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {device === undefined ? null : (
        <AssignDialog
          key={device.device}
          device={device}
          assets={assets}
          onClose={() => {
            chosen.value = undefined;
          }}
        />
      )}
    </section>
  );
}
