import { useSignal } from '@preact/signals';
import type { DayEntry, DayRecord, SiteDoor, SitePage } from '../../../edge/api/contract.ts';
import { SeverityMark } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { shaped } from '../../kit/request.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { day as dayText, timeOfDay } from '../../kit/time.ts';
import { useAnswer } from '../answer.ts';
import { nameOf } from '../commands/command-state.tsx';
import { reasonOf, wordsOf } from '../languages/alarms.ts';
import { en } from '../languages/en.ts';
import { api } from '../session.ts';
import { text } from '../text.ts';
import { dayStart } from './day-start.ts';

const isDay = shaped<DayRecord>({ from: 'number', doors: 'array', entries: 'array', isWhole: 'boolean' });
const DAY_MS = 24 * 3_600_000;

/** What happened at the site today: at a glance, by door, and one after the other, for the hand-over. */
export function TodayPage({ page }: { page: SitePage }) {
  const which = useSignal<'today' | 'yesterday'>('today');
  const { timeZone } = page.site;
  const today = dayStart(now.value, timeZone);
  const from = which.value === 'today' ? today : dayStart(today - DAY_MS / 2, timeZone);
  const to = which.value === 'today' ? today + DAY_MS + 3_600_000 : today;
  // Asked anew whenever something that the day tells has changed.
  const happened = [
    page.arming.since,
    page.alarms.length,
    ...page.doors.flatMap(({ since = 0, lastBadge }) => [since, lastBadge?.at ?? 0]),
  ];
  const { answer, failure, again } = useAnswer(
    (until) => api.get(`api/day?from=${from}&to=${to}`, isDay, until),
    [from, to, ...happened],
  );
  return (
    <div class="sheet today">
      <header class="sheet-head">
        <div>
          <h1 class="page-title">{text(`today.${which.value}`)}</h1>
          <p class="soft">{dayText(from + DAY_MS / 2, timeZone)}</p>
        </div>
        <Tabs
          label={text('today.which')}
          choices={[
            { name: 'today', label: text('today.today') },
            { name: 'yesterday', label: text('today.yesterday') },
          ]}
          chosen={which.value}
          onChoose={(name) => {
            which.value = name;
          }}
        />
      </header>
      {answer === undefined ? (
        failure === undefined ? (
          <Skeleton lines={[110, 200, 200]} />
        ) : (
          <ErrorState message={failure.message} onRetry={again} />
        )
      ) : (
        <Record record={answer} doors={page.doors} timeZone={timeZone} />
      )}
    </div>
  );
}

function Record(props: { record: DayRecord; doors: readonly SiteDoor[]; timeZone: string }) {
  const { record, doors, timeZone } = props;
  const { opened, granted, denied, alarms, entries } = record;
  return (
    <>
      <ul class="glance">
        <Glance
          icon="siren"
          count={alarms}
          name={text('today.alarms', { count: alarms })}
          isBad={alarms > 0}
        />
        <Glance icon="door-open" count={opened} name={text('today.opened', { count: opened })} />
        <Glance icon="badge" count={granted} name={text('today.granted', { count: granted })} />
        <Glance
          icon="close"
          count={denied}
          name={text('today.denied', { count: denied })}
          isBad={denied > 0}
        />
      </ul>
      {record.doors.length === 0 ? null : (
        <section aria-labelledby="passes-title">
          <h2 class="section-title" id="passes-title">
            {text('today.doors')}
          </h2>
          <ul class="passes">
            {record.doors.map((door) => (
              <DoorDay
                key={door.asset}
                door={door}
                live={doors.find(({ asset }) => asset === door.asset)}
                timeZone={timeZone}
              />
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="happened-title">
        <h2 class="section-title" id="happened-title">
          {text('today.happened')}
        </h2>
        {entries.length === 0 ? (
          <EmptyState icon="clock" title={text('today.nothing')}>
            {text('today.nothing-text')}
          </EmptyState>
        ) : (
          <ol class="card happenings">
            {entries.map((entry, index) => (
              <Happening key={`${entry.at} ${index}`} entry={entry} timeZone={timeZone} />
            ))}
          </ol>
        )}
        {record.isWhole ? null : <p class="soft">{text('today.not-whole')}</p>}
      </section>
    </>
  );
}

function Glance(props: { icon: IconName; count: number; name: string; isBad?: boolean }) {
  return (
    <li class={`glance-tile${props.isBad ? ' glance-bad' : ''}`}>
      <Icon name={props.icon} size={26} />
      <span class="glance-count">{props.count}</span>
      <span class="glance-name">{props.name}</span>
    </li>
  );
}

function DoorDay(props: { door: DayRecord['doors'][number]; live: SiteDoor | undefined; timeZone: string }) {
  const { door, live, timeZone } = props;
  const [last, ...earlier] = door.passes;
  const isOpen = live?.contact === 'open';
  return (
    <li class="card pass-door">
      <header class="pass-head">
        <Icon name={live?.kind === 'cabinet' ? 'cabinet' : isOpen ? 'door-open' : 'door'} size={26} />
        <h3 class="pass-name">{door.name}</h3>
        <span class={`pass-state${isOpen ? ' pass-open' : ''}`}>
          {live === undefined ? '' : text(`door.contact.${live.contact ?? 'unknown'}`)}
        </span>
      </header>
      <p class="soft">
        {[
          text('today.door-opened', { count: door.opened }),
          ...(door.denied === 0 ? [] : [text('today.door-denied', { count: door.denied })]),
        ].join(' · ')}
      </p>
      {last === undefined ? (
        <p class="faint">{text('today.no-pass')}</p>
      ) : (
        <Pass pass={last} timeZone={timeZone} isLast />
      )}
      {earlier.length === 0 ? null : (
        <details class="pass-more">
          <summary>{text('today.earlier', { count: earlier.length })}</summary>
          {earlier.map((pass) => (
            <Pass key={pass.at} pass={pass} timeZone={timeZone} />
          ))}
        </details>
      )}
    </li>
  );
}

function Pass(props: {
  pass: DayRecord['doors'][number]['passes'][number];
  timeZone: string;
  isLast?: boolean;
}) {
  const { at, who, granted } = props.pass;
  return (
    <p class={`pass${granted ? '' : ' pass-refused'}${props.isLast ? ' pass-last' : ''}`}>
      <Icon name={granted ? 'check' : 'close'} size={18} />
      <span class="pass-who">{who === '' ? text('door.badge-unknown') : who}</span>
      <span>{text(granted ? 'today.let-in' : 'today.refused')}</span>
      <span class="pass-time">{timeOfDay(at, props.timeZone)}</span>
    </p>
  );
}

const icons: Readonly<Record<string, IconName>> = {
  'access.granted': 'badge',
  'access.denied': 'close',
  'delivery.checked': 'vehicle',
  'door.opened': 'cabinet',
  'door.closed': 'cabinet',
  'alarm.armed': 'alarm-panel',
  'alarm.disarmed': 'lock-open',
  'alarm.arming-refused': 'warning',
  'alarm.schedule-changed': 'clock',
  'alarm.acknowledged': 'eye',
  'device.offline': 'wifi-off',
  'device.online': 'wifi',
  'goods.quarantined': 'fridge',
  'goods.released': 'fridge',
  'goods.discarded': 'fridge',
  'power.failed': 'warning',
  'power.restored': 'check',
  'gateway.started': 'gateway',
  'tamper.started': 'warning',
  'lock.jammed': 'lock',
  'camera.obscured': 'camera-off',
  'camera.restored': 'camera',
  'camera.replaced': 'camera',
  'transmission.failed': 'wifi-off',
  'transmission.restored': 'wifi',
  'gateway.hot': 'gateway',
  'gateway.disk-low': 'gateway',
  'gateway.records-lost': 'warning',
  'clock.set': 'clock',
  'clock.unset': 'clock',
  'command.executed': 'check',
  'command.failed': 'warning',
};

function Happening({ entry, timeZone }: { entry: DayEntry; timeZone: string }) {
  const { at, what, severity } = entry;
  return (
    <li class={`happening${what === 'detection' ? ' happening-alarm' : ''}`}>
      <time class="happening-time">{timeOfDay(at, timeZone)}</time>
      <span class="happening-sign">
        {severity === undefined ? (
          <Icon name={icons[what] ?? 'note'} size={20} />
        ) : (
          <SeverityMark severity={severity} size={20} />
        )}
      </span>
      <p class="happening-text">{sentence(entry)}</p>
    </li>
  );
}

type DayText = Extract<keyof typeof en, `day.${string}`>;
const isDayText = (key: string): key is DayText => Object.hasOwn(en, key);

type ChangeText = Extract<keyof typeof en, `change.${string}`>;
const isChangeText = (key: string): key is ChangeText => Object.hasOwn(en, key);

/** An entry as one would say it. */
export function sentence({ id = '', what, name, who, detail = '', facts, count }: DayEntry): string {
  if (what === 'detection') {
    // A detection is named after its rule: what an alarm says in the reader's language is said here, too.
    const [rule = ''] = id.split('/', 1);
    const summary = detail === '' ? name : detail;
    return wordsOf({
      ...{ id, rule, assets: [{ name }], summary },
      ...(facts === undefined ? {} : { facts }),
      ...(count === undefined ? {} : { count }),
    }).summary;
  }
  const key = `day.${what}`;
  if (!isDayText(key)) return text('day.other', { name, detail: detail === '' ? what : detail });
  return text(key, { name, who: personOf(what, who), detail: detailOf(what, detail) });
}

function personOf(what: string, who: string | undefined): string {
  if (what === 'access.granted' || what === 'access.denied') return who ?? text('door.badge-unknown');
  return who === 'schedule' ? text('arming.by-schedule') : (who ?? text('today.somebody'));
}

/** Of a command its name as its button has it; of a change what was changed. */
function detailOf(what: string, detail: string): string {
  if (what.startsWith('command.')) return nameOf(detail);
  // `Back door: it is open, Safe: it is silent`
  if (what === 'alarm.arming-refused') return reasonOf(detail);
  const change = `change.${detail.replaceAll(' ', '-')}`;
  return what === 'configuration.changed' && isChangeText(change) ? text(change) : detail;
}
