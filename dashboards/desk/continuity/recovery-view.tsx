import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RecoveryItem, RecoveryPage, RecoveryWord } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { address } from '../../kit/route.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { duration, timeOrDay } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { reasonOf } from '../loaded.ts';
import { StartDialog } from '../response/start-dialog.tsx';
import { BigClock } from './big-clock.tsx';
import { Contacts } from './contacts.tsx';
import { LessonsCard } from './lessons.tsx';
import { ReasonDialog } from './reason.tsx';
import { fetchRecovery, mayRun, tellRecovery } from './requests.ts';
import { words } from './words.ts';

type Tell = (word: RecoveryWord) => Promise<boolean>;
interface Asking {
  title: string;
  look?: 'primary' | 'danger';
  optional?: boolean;
  word: (text: string) => RecoveryWord;
}

/** A recovery under way: the clock, what is to be done, by which way the service goes on. */
export function RecoveryView({ id }: { id: string }) {
  const [held, ask] = useAskedAgain(() => fetchRecovery(id));
  const asking = useSignal<Asking | undefined>(undefined);
  useEffect(ask, [id]);
  const state = held.value;
  if (state.state === 'loading') return <Skeleton lines={[180, 240, 200]} />;
  if (state.state === 'failed') return <ErrorState message={state.message} onRetry={ask} />;
  const page = state.value;
  const tell: Tell = async (word) => {
    try {
      held.value = { state: 'there', value: await tellRecovery(id, word) };
      return true;
    } catch (error) {
      say(reasonOf(error).message, 'critical');
      return false;
    }
  };
  const isOver = page.ended !== undefined;
  const may = mayRun() && !isOver;
  const askFor = (one: Asking) => {
    asking.value = one;
  };
  return (
    <div class="recovery">
      <header class="continuity-head">
        <div>
          <p class="soft small">{page.row.site.name}</p>
          <h2>{page.row.name}</h2>
          <p class="soft">
            {words('recovery.activated', {
              by: page.activated.by,
              time: timeOrDay(page.activated.at, now.value, page.timeZone),
              text: page.activated.text,
            })}
          </p>
        </div>
        <span class="continuity-chips">
          {page.row.exercise === undefined ? null : <Chip tone="accent">{words('exercise')}</Chip>}
          <Chip>{words(`recovery.${page.row.state}`)}</Chip>
          {page.row.incident === undefined ? null : (
            <a class="button button-plain button-small" href={address('incidents', page.row.incident)}>
              {words('recovery.incident')}
            </a>
          )}
        </span>
      </header>
      <div class="recovery-top">
        <BigClock clock={page.row.clock} because={page.clockBecause} timeZone={page.timeZone} />
        {may ? <Turns page={page} tell={tell} askFor={askFor} /> : null}
      </div>
      <div class="continuity-columns">
        <div class="continuity-column">
          {(['first', 'recover', 'normal'] as const).map((phase) => (
            <Checklist
              key={phase}
              phase={phase}
              page={page}
              may={may}
              tell={tell}
              onSkip={(item) =>
                askFor({
                  title: words('item.skip-title', { step: item.text }),
                  word: (text) => ({ type: 'skipped', step: item.id, text }),
                })
              }
            />
          ))}
        </div>
        <div class="continuity-column">
          <Fallbacks page={page} may={may} tell={tell} />
          <Contacts content={page.content} />
          {page.row.state === 'down' ? null : (
            <LessonsCard
              key={page.lessons?.at ?? 0}
              kind="recovery"
              id={id}
              lessons={page.lessons}
              timeZone={page.timeZone}
              onChanged={ask}
            />
          )}
          <Card title={words('log')} labelledBy="recovery-log">
            <ol class="recovery-log">
              {page.log.toReversed().map((entry) => (
                <li key={`${entry.at} ${entry.what}`}>
                  <span class="soft small">
                    {timeOrDay(entry.at, now.value, page.timeZone)} · {entry.by}
                  </span>
                  <span>{entry.what}</span>
                  {entry.text === '' ? null : <span class="soft">{entry.text}</span>}
                </li>
              ))}
            </ol>
          </Card>
        </div>
      </div>
      {asking.value === undefined ? null : (
        <AskDialog
          asking={asking.value}
          tell={tell}
          onClose={() => {
            asking.value = undefined;
          }}
        />
      )}
    </div>
  );
}

const AskDialog = ({ asking, tell, onClose }: { asking: Asking; tell: Tell; onClose: () => void }) => (
  <ReasonDialog
    title={asking.title}
    label={words('reason')}
    action={words('say-it')}
    look={asking.look ?? 'primary'}
    optional={asking.optional ?? false}
    onSay={(text) => tell(asking.word(text))}
    onClose={onClose}
  />
);

/** What moves the whole: it works again, it is down again, it is over. */
function Turns({ page, tell, askFor }: { page: RecoveryPage; tell: Tell; askFor: (one: Asking) => void }) {
  const { serving } = page;
  return (
    <div class="recovery-turns">
      {serving?.how === 'normal' ? null : (
        <>
          {serving === undefined ? (
            <Button
              look={page.fallbacks.some(({ taken }) => taken !== undefined) ? 'primary' : 'plain'}
              icon="split"
              onClick={() => void tell({ type: 'serving', how: 'fall-back', text: '' })}
            >
              {words('turn.fall-back')}
            </Button>
          ) : null}
          <Button
            look="plain"
            icon="check"
            onClick={() => void tell({ type: 'serving', how: 'normal', text: '' })}
          >
            {words('turn.normal')}
          </Button>
        </>
      )}
      {serving === undefined ? null : (
        <>
          <Button
            look="primary"
            icon="check"
            onClick={() =>
              askFor({ title: words('turn.end'), word: (text) => ({ type: 'end', how: 'normal', text }) })
            }
          >
            {words('turn.end')}
          </Button>
          <Button
            icon="reopen"
            onClick={() => askFor({ title: words('turn.down'), word: (text) => ({ type: 'down', text }) })}
          >
            {words('turn.down')}
          </Button>
        </>
      )}
      <Button
        look="quiet"
        icon="note"
        onClick={() => askFor({ title: words('turn.note'), word: (text) => ({ type: 'note', text }) })}
      >
        {words('turn.note')}
      </Button>
      <Button
        look="quiet"
        onClick={() =>
          askFor({
            title: words('turn.give-up'),
            look: 'danger',
            word: (text) => ({ type: 'end', how: 'given-up', text }),
          })
        }
      >
        {words('turn.give-up')}
      </Button>
    </div>
  );
}

function Checklist(props: {
  phase: RecoveryItem['phase'];
  page: RecoveryPage;
  may: boolean;
  tell: Tell;
  onSkip: (item: RecoveryItem) => void;
}) {
  const { phase, page, may, tell } = props;
  const items = page.items.filter((one) => one.phase === phase);
  if (items.length === 0) return null;
  const done = items.filter(({ state }) => state !== 'open').length;
  return (
    <Card
      title={words(`phase.${phase}`)}
      aside={`${done}/${items.length}`}
      labelledBy={`phase-${phase}`}
      flush
    >
      <ul class="recovery-items">
        {items.map((item) => (
          <li key={item.id} class={`recovery-item recovery-item-${item.state}`}>
            <button
              type="button"
              class="recovery-tick"
              aria-pressed={item.state === 'done'}
              aria-label={
                item.state === 'open'
                  ? words('item.do', { step: item.text })
                  : words('item.undo', { step: item.text })
              }
              disabled={!may}
              onClick={() =>
                void tell({ type: item.state === 'open' ? 'done' : 'open', step: item.id, text: '' })
              }
            >
              <Tick state={item.state} />
            </button>
            <div class="recovery-item-main">
              <span class="recovery-item-text">{item.text}</span>
              <span class="soft small">
                {[item.who, dueText(item), whoText(item, page.timeZone), item.note ?? '']
                  .filter((part) => part !== '')
                  .join(' · ')}
              </span>
            </div>
            {item.state === 'open' && item.dueAt !== undefined && item.dueAt < now.value ? (
              <Chip tone="critical" icon="warning">
                {words('item.late')}
              </Chip>
            ) : null}
            {may && item.state === 'open' ? (
              <Button
                look="quiet"
                size="small"
                label={words('item.skip-of', { step: item.text })}
                onClick={() => props.onSkip(item)}
              >
                {words('item.skip')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const Tick = ({ state }: { state: RecoveryItem['state'] }) => (
  <span aria-hidden="true">{state === 'done' ? '✓' : state === 'skipped' ? '–' : ''}</span>
);

const dueText = ({ state, dueAt, withinMs }: RecoveryItem): string => {
  if (state !== 'open' || withinMs === undefined) return '';
  if (dueAt === undefined) return words('item.within', { duration: duration(withinMs) });
  return dueAt >= now.value
    ? words('item.left', { duration: duration(dueAt - now.value) })
    : words('item.over', { duration: duration(dueAt - now.value) });
};

const whoText = ({ state, at, by }: RecoveryItem, timeZone: string): string =>
  at === undefined || by === undefined || state === 'open'
    ? ''
    : state === 'done'
      ? words('item.done-by', {
          by,
          time: timeOrDay(at, now.value, timeZone),
        })
      : words('item.skipped-by', {
          by,
          time: timeOrDay(at, now.value, timeZone),
        });

function Fallbacks({ page, may, tell }: { page: RecoveryPage; may: boolean; tell: Tell }) {
  const starting = useSignal<{ id: string; name: string } | undefined>(undefined);
  const { incident } = page.row;
  if (page.fallbacks.length === 0) return null;
  return (
    <Card title={words('fall-backs')} labelledBy="fall-backs" flush>
      <ol class="fall-backs">
        {page.fallbacks.map((one) => (
          <li key={one.id} class={`fall-back${one.taken === undefined ? '' : ' fall-back-taken'}`}>
            <div class="fall-back-head">
              <strong>{one.title}</strong>
              {one.readyMs === undefined ? null : (
                <Chip icon="clock">{words('fall-back.ready', { duration: duration(one.readyMs) })}</Chip>
              )}
            </div>
            <ul class="fall-back-conditions">
              {one.conditions.map((condition) => (
                <li key={condition}>{words('fall-back.if', { condition })}</li>
              ))}
            </ul>
            {one.text === '' ? null : <p class="soft">{one.text}</p>}
            {one.taken === undefined ? null : (
              <p class="small">
                {words('fall-back.taken', {
                  by: one.taken.by,
                  time: timeOrDay(one.taken.at, now.value, page.timeZone),
                })}
              </p>
            )}
            {may ? (
              <div class="continuity-buttons">
                <Button
                  size="small"
                  look={one.taken === undefined ? 'plain' : 'quiet'}
                  label={
                    one.taken === undefined
                      ? words('fall-back.take-of', {
                          name: one.title,
                        })
                      : words('fall-back.leave-of', {
                          name: one.title,
                        })
                  }
                  onClick={() =>
                    void tell({
                      type: one.taken === undefined ? 'take' : 'leave',
                      fallback: one.id,
                      text: '',
                    })
                  }
                >
                  {one.taken === undefined ? words('fall-back.take') : words('fall-back.leave')}
                </Button>
                {one.playbook === undefined ||
                one.playbookName === undefined ||
                incident === undefined ? null : (
                  <Button
                    size="small"
                    look="quiet"
                    icon="play"
                    label={words('fall-back.playbook-of', { playbook: one.playbookName, name: one.title })}
                    onClick={() => {
                      starting.value = { id: one.playbook ?? '', name: one.playbookName ?? '' };
                    }}
                  >
                    {words('fall-back.playbook', { playbook: one.playbookName })}
                  </Button>
                )}
              </div>
            ) : null}
          </li>
        ))}
      </ol>
      {starting.value === undefined || incident === undefined ? null : (
        <StartDialog
          incident={incident}
          playbook={starting.value.id}
          name={starting.value.name}
          onBegun={() => undefined}
          onClose={() => {
            starting.value = undefined;
          }}
        />
      )}
    </Card>
  );
}
