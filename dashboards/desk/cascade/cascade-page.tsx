import './cascade.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AssetMap, CascadeAnswer, Comparison } from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { address, go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { time } from '../assets/asset-words.ts';
import { fetchMap } from '../assets/requests.ts';
import { deskZone } from '../live/desk-state.ts';
import { type Loaded, load, reasonOf } from '../loaded.ts';
import type { PageProps } from '../page-props.ts';
import { session } from '../session.ts';
import { Answer } from './answer.tsx';
import { askCascade, dropKept, fetchKept, fetchNext, keep, type Question } from './requests.ts';
import { millisecondsIn } from './time-scale.ts';
import { words } from './words.ts';

const mayKeep = (): boolean =>
  session.value !== null && session.value?.role !== 'auditor' && session.value?.role !== 'staff';

/** `#/cascade/fail/till:down,mains:down`, `#/cascade/incident/<id>`, `#/cascade/kept/<id>`. */
export function CascadePage({ view, rest }: PageProps) {
  const map = useSignal<Loaded<AssetMap>>({ state: 'loading' });
  const kept = useSignal<Loaded<{ items: Comparison[] }>>({ state: 'loading' });
  const question = useSignal<Question>({ fail: [], whatIf: [], seed: 1 });
  const answer = useSignal<Loaded<CascadeAnswer> | undefined>(undefined);
  const isKeeping = useSignal(false);
  const ask = async (asked: Question) => {
    question.value = asked;
    if (asked.fail.length === 0) {
      answer.value = undefined;
      return;
    }
    answer.value = { state: 'loading' };
    try {
      const value = await askCascade(asked);
      if (question.value === asked) answer.value = { state: 'there', value };
    } catch (error) {
      if (question.value === asked) answer.value = { state: 'failed', ...reasonOf(error) };
    }
  };
  const askOf = async (incident: string) => {
    try {
      const { happened } = await fetchNext(incident);
      if (happened.length === 0) say(words('fail.incident-nothing'));
      await ask({
        ...question.value,
        fail: happened.map(({ asset, effect }) => `${asset}:${effect}`).slice(0, 50),
      });
    } catch (error) {
      say(reasonOf(error).message, 'critical');
    }
  };
  const loadAll = () => {
    void load(map, fetchMap);
    void load(kept, fetchKept);
  };
  useEffect(loadAll, []);
  const named = rest[1];
  const keptItems = kept.value.state === 'there' ? kept.value.value.items : undefined;
  const isKnown = keptItems?.some(({ id }) => id === named) ?? false;
  useEffect(() => {
    if (named === undefined) return;
    if (view === 'fail') void ask({ ...question.value, fail: named.split(',') });
    else if (view === 'incident') void askOf(named);
    else if (view === 'kept' && keptItems !== undefined) {
      const found = keptItems.find(({ id }) => id === named);
      if (found === undefined) say(words('kept.gone'), 'critical');
      else {
        const { fail, whatIf, seed, lastingMs } = found;
        void ask({ fail, whatIf, seed, ...(lastingMs === undefined ? {} : { lastingMs }) });
      }
    }
  }, [view, named, isKnown, keptItems === undefined]);
  const state = map.value;
  return (
    <section class="cascade" aria-labelledby="cascade-title">
      <header class="cascade-header">
        <div>
          <h1 id="cascade-title">{words('title')}</h1>
          <p class="faint">{words('about')}</p>
        </div>
        {mayKeep() && question.value.fail.length > 0 ? (
          <Button
            icon="note"
            onClick={() => {
              isKeeping.value = true;
            }}
          >
            {words('keep.button')}
          </Button>
        ) : null}
      </header>
      {state.state === 'loading' ? (
        <Skeleton lines={[180, 240]} />
      ) : state.state === 'failed' ? (
        <ErrorState message={state.message} onRetry={loadAll} />
      ) : (
        <div class="cascade-layout">
          <div class="cascade-asking">
            <QuestionForm
              map={state.value}
              question={question.value}
              isBusy={answer.value?.state === 'loading'}
              onAsk={(asked) => void ask(asked)}
              onIncident={(id) => void askOf(id)}
            />
            <KeptList
              held={kept.value}
              onDropped={(items) => {
                kept.value = { state: 'there', value: { items } };
              }}
            />
          </div>
          <div class="cascade-answer">
            {answer.value === undefined ? (
              <EmptyState icon="cascade" title={words('answer.none')}>
                {words('answer.none-text')}
              </EmptyState>
            ) : answer.value.state === 'loading' ? (
              <Skeleton lines={[60, 320]} />
            ) : answer.value.state === 'failed' ? (
              <ErrorState message={answer.value.message} onRetry={() => void ask(question.value)} />
            ) : (
              <Answer answer={answer.value.value} />
            )}
          </div>
        </div>
      )}
      {isKeeping.value ? (
        <KeepDialog
          question={question.value}
          onClose={() => {
            isKeeping.value = false;
          }}
          onKept={(one) => {
            isKeeping.value = false;
            if (kept.value.state === 'there')
              kept.value = { state: 'there', value: { items: [one, ...kept.value.value.items] } };
            say(words('keep.done'));
            go('cascade', 'kept', one.id);
          }}
        />
      ) : null}
    </section>
  );
}

const changeKinds = ['apply', 'drop', 'ups', 'buffer', 'fix', 'fail'] as const;
type ChangeKind = (typeof changeKinds)[number];
const isTimed = (kind: ChangeKind) => kind === 'ups' || kind === 'buffer';

function QuestionForm(props: {
  map: AssetMap;
  question: Question;
  isBusy: boolean;
  onAsk: (question: Question) => void;
  onIncident: (id: string) => void;
}) {
  const { map, question } = props;
  const asset = useSignal(map.assets[0]?.id ?? '');
  const effect = useSignal('down');
  const kind = useSignal<ChangeKind>('apply');
  const target = useSignal('');
  const forTime = useSignal('1 h');
  const lasting = useSignal('');
  const seed = useSignal(String(question.seed));
  const wrong = useSignal<'lasting' | 'seed' | 'for' | undefined>(undefined);
  useEffect(() => {
    seed.value = String(question.seed);
    lasting.value = question.lastingMs === undefined ? '' : time(question.lastingMs);
  }, [question.seed, question.lastingMs]);
  const assets = [...map.assets].sort((a, b) => (a.name < b.name ? -1 : 1));
  const nameOf = (id: string) => map.assets.find((one) => one.id === id)?.name ?? id;
  const failWords = (written: string) => {
    const [id = '', what = 'down'] = written.split(':');
    return `${nameOf(id)} ${map.effects.find((one) => one.id === what)?.words ?? what}`;
  };
  const incidents = [
    ...new Map(map.assets.flatMap((one) => one.incidents.map((incident) => [incident.id, incident.title]))),
  ];
  const mitigations = map.mitigations.filter(({ inPlace }) => inPlace === (kind.value === 'drop'));
  const targets =
    kind.value === 'apply' || kind.value === 'drop'
      ? mitigations.map(({ id, name }) => ({ value: id, label: name }))
      : assets.map(({ id, name }) => ({ value: id, label: name }));
  const chosen = targets.some(({ value }) => value === target.value)
    ? target.value
    : (targets[0]?.value ?? '');
  const ask = (change: Partial<Question>) => {
    const lastingMs = lasting.value.trim() === '' ? undefined : millisecondsIn(lasting.value);
    if (lasting.value.trim() !== '' && (lastingMs === undefined || lastingMs < 1)) wrong.value = 'lasting';
    else if (!/^\d{1,9}$/.test(seed.value.trim())) wrong.value = 'seed';
    else {
      wrong.value = undefined;
      const { lastingMs: _former, ...rest } = question;
      props.onAsk({
        ...rest,
        ...change,
        seed: Number(seed.value),
        ...(lastingMs === undefined ? {} : { lastingMs }),
      });
    }
  };
  const addChange = () => {
    if (chosen === '') return;
    const ms = millisecondsIn(forTime.value);
    if (isTimed(kind.value) && ms === undefined) {
      wrong.value = 'for';
      return;
    }
    const said = isTimed(kind.value)
      ? `${kind.value}:${chosen}=${(ms ?? 0) / 1_000}s`
      : `${kind.value}:${chosen}`;
    ask({ whatIf: [...new Set([...question.whatIf, said])] });
  };
  return (
    <Card title={words('question')}>
      <form
        class="cascade-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          ask({});
        }}
      >
        <fieldset>
          <legend>{words('fail.title')}</legend>
          {incidents.length === 0 ? null : (
            <Select
              label={words('fail.incident')}
              value=""
              options={[
                { value: '', label: words('fail.no-incident') },
                ...incidents.map(([value, label]) => ({ value, label })),
              ]}
              onChange={(id) => {
                if (id !== '') props.onIncident(id);
              }}
            />
          )}
          <Select
            label={words('fail.asset')}
            value={asset.value}
            options={assets.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(value) => {
              asset.value = value;
            }}
          />
          <div class="cascade-add">
            <Select
              label={words('fail.effect')}
              value={effect.value}
              options={map.effects.map((one) => ({ value: one.id, label: one.words }))}
              onChange={(value) => {
                effect.value = value;
              }}
            />
            <Button
              icon="plus"
              onClick={() =>
                ask({ fail: [...new Set([...question.fail, `${asset.value}:${effect.value}`])] })
              }
            >
              {words('fail.add')}
            </Button>
          </div>
          {question.fail.length === 0 ? <p class="faint">{words('fail.none')}</p> : null}
          <ul class="cascade-chosen">
            {question.fail.map((one) => (
              <li key={one}>
                <span>{failWords(one)}</span>
                <IconButton
                  icon="close"
                  label={words('fail.remove', { words: failWords(one) })}
                  onClick={() => ask({ fail: question.fail.filter((other) => other !== one) })}
                />
              </li>
            ))}
          </ul>
        </fieldset>
        <fieldset>
          <legend>{words('change.title')}</legend>
          <Select
            label={words('change.kind')}
            value={kind.value}
            options={changeKinds.map((value) => ({ value, label: words(`change.kind.${value}`) }))}
            onChange={(value) => {
              kind.value = value;
            }}
          />
          {targets.length === 0 ? null : (
            <Select
              label={
                kind.value === 'apply' || kind.value === 'drop'
                  ? words('change.mitigation')
                  : words('change.asset')
              }
              value={chosen}
              options={targets}
              onChange={(value) => {
                target.value = value;
              }}
            />
          )}
          <div class="cascade-add">
            {isTimed(kind.value) ? (
              <TextField
                label={words('change.time')}
                value={forTime.value}
                autoComplete="off"
                error={wrong.value === 'for' ? words('lasting.wrong') : undefined}
                onInput={(value) => {
                  forTime.value = value;
                }}
              />
            ) : (
              <span />
            )}
            <Button icon="plus" disabled={chosen === ''} onClick={addChange}>
              {words('change.add')}
            </Button>
          </div>
          {question.whatIf.length === 0 ? <p class="faint">{words('change.none')}</p> : null}
          <ul class="cascade-chosen">
            {question.whatIf.map((one) => {
              const said = changeWords(one, map);
              return (
                <li key={one}>
                  <span>{said}</span>
                  <IconButton
                    icon="close"
                    label={words('change.remove', { words: said })}
                    onClick={() => ask({ whatIf: question.whatIf.filter((other) => other !== one) })}
                  />
                </li>
              );
            })}
          </ul>
        </fieldset>
        <div class="cascade-numbers">
          <TextField
            label={words('lasting.label')}
            hint={words('lasting.hint', { time: time(map.horizonMs) })}
            value={lasting.value}
            autoComplete="off"
            error={wrong.value === 'lasting' ? words('lasting.wrong') : undefined}
            onInput={(value) => {
              lasting.value = value;
            }}
          />
          <TextField
            label={words('seed.label')}
            hint={words('seed.hint')}
            value={seed.value}
            inputMode="numeric"
            autoComplete="off"
            error={wrong.value === 'seed' ? words('seed.wrong') : undefined}
            onInput={(value) => {
              seed.value = value;
            }}
          />
        </div>
        <Button
          type="submit"
          look="primary"
          icon="play"
          busy={props.isBusy}
          disabled={question.fail.length === 0}
        >
          {words('ask')}
        </Button>
      </form>
    </Card>
  );
}

/** `ups:till=3600s` as a person would say it. */
function changeWords(said: string, map: AssetMap): string {
  const [, kind = '', target = '', ms] = /^([a-z]+):([^=]+)(?:=(.+))?$/.exec(said) ?? [];
  const [id = ''] = target.split(':');
  const name =
    map.mitigations.find((one) => one.id === target)?.name ??
    map.assets.find((one) => one.id === id)?.name ??
    id;
  const lasting = time(millisecondsIn(ms ?? '') ?? 0);
  switch (kind) {
    case 'apply':
      return words('change.says.apply', { name });
    case 'drop':
      return words('change.says.drop', { name });
    case 'ups':
      return words('change.says.ups', { name, time: lasting });
    case 'buffer':
      return words('change.says.buffer', { name, time: lasting });
    case 'fix':
      return words('change.says.fix', { name });
    case 'fail':
      return words('change.says.fail', { name });
    default:
      return words('change.says.other', { name: said });
  }
}

function KeptList(props: {
  held: Loaded<{ items: Comparison[] }>;
  onDropped: (items: Comparison[]) => void;
}) {
  const { held } = props;
  const drop = async (id: string) => {
    try {
      props.onDropped((await dropKept(id)).items);
    } catch (error) {
      say(reasonOf(error).message, 'critical');
    }
  };
  return (
    <Card title={words('kept.title')}>
      {held.state === 'loading' ? (
        <Skeleton lines={[36, 36]} />
      ) : held.state === 'failed' ? (
        <p class="faint">{held.message}</p>
      ) : held.value.items.length === 0 ? (
        <p class="faint">{words('kept.none')}</p>
      ) : (
        <ul class="cascade-kept">
          {held.value.items.map(({ id, name, by, at }) => (
            <li key={id}>
              <div>
                <a href={address('cascade', 'kept', id)}>{name}</a>
                <span class="faint">
                  {by}, <RelativeTime at={at} timeZone={deskZone.value} />
                </span>
              </div>
              {mayKeep() ? (
                <IconButton icon="close" label={words('kept.drop', { name })} onClick={() => void drop(id)} />
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function KeepDialog(props: { question: Question; onClose: () => void; onKept: (one: Comparison) => void }) {
  const name = useSignal('');
  const wrong = useSignal<string | undefined>(undefined);
  const send = async () => {
    try {
      props.onKept(await keep({ ...props.question, name: name.value.trim() }));
    } catch (error) {
      wrong.value = reasonOf(error).message;
    }
  };
  return (
    <Dialog title={words('keep.title')} onClose={props.onClose}>
      <form
        class="cascade-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          void send();
        }}
      >
        <p class="faint">{words('keep.text')}</p>
        <TextField
          label={words('keep.name')}
          value={name.value}
          required
          autoFocus
          autoComplete="off"
          error={wrong.value}
          onInput={(value) => {
            name.value = value;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button type="submit" look="primary" disabled={name.value.trim() === ''}>
            {words('keep.button')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
