import { useSignal } from '@preact/signals';
import type { FridgeGoods } from '../../../edge/api/contract.ts';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { shaped } from '../../kit/request.ts';
import { useAnswer } from '../answer.ts';
import { api } from '../session.ts';
import { text } from '../text.ts';

const isGoods = shaped<FridgeGoods>({ asset: 'string', fingerprint: 'string' });

/**
 * The record of the day and of the month, for the pharmacist and the auditor, as it is when it is asked for; with the
 * seal of whatever was taken last, and how to check it.
 */
export function Records({ asset, today, timeZone }: { asset: string; today: number; timeZone: string }) {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(today);
  /** A seal is one of a moment: it has to be that of the file beside it. */
  const taken = useSignal<{ period: string; asOf: string } | undefined>(undefined);
  const records = [
    { period: day, format: 'pdf', name: text('temperature.record-day') },
    { period: day.slice(0, 7), format: 'pdf', name: text('temperature.record-month') },
    { period: day, format: 'csv', name: 'CSV' },
  ];
  const address = (parameters: Record<string, string>) =>
    `api/cold-chain/${encodeURIComponent(asset)}/record?${new URLSearchParams(parameters)}`;
  const sealed = taken.value ?? { period: day };
  return (
    <>
      <p class="records">
        {records.map(({ period, format, name }) => (
          <a
            key={name}
            class="record-link"
            href={address({ period, format })}
            download
            onClick={(click) => {
              // What was decided a moment ago is to stand in it.
              const asOf = String(Math.round(now.peek()));
              click.currentTarget.href = address({ period, format, asOf });
              taken.value = { period, asOf };
            }}
          >
            <Icon name="note" size={18} />
            {name}
          </a>
        ))}
        <a class="record-link" href={address({ ...sealed, format: 'sig' })} download>
          <Icon name="badge" size={18} />
          {text('record.seal')}
        </a>
      </p>
      <HowToCheck asset={asset} period={sealed.period} />
    </>
  );
}

function HowToCheck({ asset, period }: { asset: string; period: string }) {
  const isOpen = useSignal(false);
  return (
    <details
      class="pass-more"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{text('record.how')}</summary>
      {isOpen.value ? (
        <div class="record-how">
          <p class="soft">{text('record.how-text')}</p>
          <Command asset={asset} period={period} />
        </div>
      ) : null}
    </details>
  );
}

/** With the gateway's key, as this page knows it: a seal alone proves only that whoever made it made the file. */
function Command({ asset, period }: { asset: string; period: string }) {
  const { answer } = useAnswer(
    (until) => api.get(`api/cold-chain/${encodeURIComponent(asset)}`, isGoods, until),
    [asset],
  );
  const name = `${asset}-${period}`;
  const key = answer === undefined ? '' : ` --key "${answer.fingerprint}"`;
  return <code class="fingerprint">{`gatehouse record verify ${name}.pdf ${name}.sig${key}`}</code>;
}
