import './hunt.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type {
  Detection,
  HuntProblem,
  HuntResult,
  HuntRow,
  SavedHunt,
  Severity,
} from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip, SeverityChip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, Switch, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { useKeys } from '../../kit/keys.ts';
import { ExactTime } from '../../kit/relative-time.tsx';
import { go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { kitText } from '../../kit/text.ts';
import { timeOrDay } from '../../kit/time.ts';
import { done } from '../done.ts';
import { maySuppress } from '../incident/actions.ts';
import { factName } from '../incident/fact-name.ts';
import { deskZone, zoneOfSite } from '../live/desk-state.ts';
import { type Loaded, reasonOf } from '../loaded.ts';
import type { PageProps } from '../page-props.ts';
import { session } from '../session.ts';
import { text } from '../text.ts';
import { Histogram } from './histogram.tsx';
import { exportAddress, fetchHunts, keepHunt, problemIn, removeHunt, search } from './requests.ts';
import { words } from './words.ts';

const mayKeep = (): boolean => session.value?.role !== 'auditor';

/** `#/search/<query>`: so that a search can be sent to somebody. */
export function HuntPage({ view }: PageProps) {
  const query = view ?? '';
  const typed = useSignal(query);
  const result = useSignal<Loaded<HuntResult>>({ state: 'loading' });
  const problem = useSignal<(Omit<HuntProblem, 'error'> & { message: string }) | undefined>(undefined);
  const hunts = useSignal<SavedHunt[]>([]);
  const isSaving = useSignal(false);
  const field = useRef<HTMLInputElement>(null);

  const ask = async () => {
    problem.value = undefined;
    try {
      const found = await search(query);
      result.value = { state: 'there', value: found };
    } catch (error) {
      const wrong = problemIn(error);
      const { message, status } = reasonOf(error);
      if (wrong === undefined) {
        result.value = { state: 'failed', message, status };
        return;
      }
      problem.value = { ...wrong, message };
      if (result.value.state === 'loading') result.value = { state: 'there', value: { ...nothing, query } };
      field.current?.focus();
      field.current?.setSelectionRange(wrong.column - 1, wrong.column - 1 + wrong.length);
    }
  };
  useEffect(() => {
    typed.value = query;
    void ask();
  }, [query]);
  useEffect(() => {
    fetchHunts().then(
      ({ items }) => {
        hunts.value = items;
      },
      () => undefined,
    );
  }, []);
  useKeys({ '/': () => field.current?.focus() });
  const show = (wanted: string) => go('search', wanted.trim());
  const narrow = (term: string) => show(`${query} ${term}`);
  const held = result.value;
  const more = async () => {
    if (held.state !== 'there' || held.value.next === undefined) return;
    const before = held.value;
    const page = await search(query, before.next).catch(() => undefined);
    if (page === undefined) return;
    const { next: _, ...rest } = before;
    result.value = {
      state: 'there',
      value: {
        ...rest,
        rows: [...before.rows, ...page.rows],
        ...(page.next === undefined ? {} : { next: page.next }),
      },
    };
  };
  return (
    <section class="hunt" aria-labelledby="hunt-title">
      <header class="hunt-header">
        <h1 id="hunt-title">{words('title')}</h1>
        <p class="soft">{words('about')}</p>
      </header>
      <form
        class="hunt-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.value.trim() === query) void ask();
          else show(typed.value);
        }}
      >
        <span class="hunt-field">
          <Icon name="search" />
          <input
            ref={field}
            class="input mono"
            type="search"
            aria-label={words('query')}
            placeholder={words('example')}
            value={typed.value}
            maxLength={1_000}
            spellcheck={false}
            aria-invalid={problem.value !== undefined}
            aria-describedby={problem.value === undefined ? undefined : 'hunt-problem'}
            onInput={(input) => {
              typed.value = input.currentTarget.value;
            }}
          />
        </span>
        <Button type="submit" look="primary">
          {words('go')}
        </Button>
      </form>
      {problem.value === undefined ? null : (
        <div class="hunt-problem" id="hunt-problem" role="alert">
          <p>
            <Icon name="warning" size={14} />{' '}
            {words('at-column', { column: problem.value.column, message: problem.value.message })}
          </p>
          {problem.value.suggestions.length === 0 ? null : (
            <p class="hunt-suggestions">
              {words('try')}
              {problem.value.suggestions.map((suggestion) => (
                <Button
                  key={suggestion}
                  size="small"
                  onClick={() => {
                    const { column = 1, length = 0 } = problem.value ?? {};
                    show(`${query.slice(0, column - 1)}${suggestion}${query.slice(column - 1 + length)}`);
                  }}
                >
                  {suggestion}
                </Button>
              ))}
            </p>
          )}
        </div>
      )}
      <details class="hunt-help">
        <summary>{words('help')}</summary>
        <ul>
          <li>{words('help-words')}</li>
          <li>{words('help-keys')}</li>
          <li>{words('help-time')}</li>
        </ul>
      </details>
      {hunts.value.length === 0 ? null : (
        <nav class="hunt-kept" aria-label={words('saved')}>
          {hunts.value.map((hunt) => (
            <span key={hunt.id} class="hunt-keeping">
              <Button
                size="small"
                icon={hunt.watch === undefined ? 'search' : 'eye'}
                onClick={() => show(hunt.query)}
              >
                {hunt.name}
                {hunt.watch === undefined ? null : <span class="faint"> · {words('watched')}</span>}
              </Button>
              {hunt.owner === session.value?.name ? (
                <IconButton
                  icon="close"
                  label={words('remove', { name: hunt.name })}
                  onClick={() =>
                    void done(
                      removeHunt(hunt.id).then((items) => {
                        hunts.value = items;
                      }),
                    )
                  }
                />
              ) : null}
            </span>
          ))}
        </nav>
      )}
      {held.state === 'loading' ? (
        <Skeleton lines={[140, 60, 60, 60]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={() => void ask()} />
      ) : problem.value !== undefined ? null : (
        <Found
          result={held.value}
          narrow={narrow}
          more={() => void more()}
          save={() => {
            isSaving.value = true;
          }}
        />
      )}
      {isSaving.value ? (
        <KeepDialog
          query={query}
          onKept={(items) => {
            hunts.value = items;
          }}
          onClose={() => {
            isSaving.value = false;
          }}
        />
      ) : null}
    </section>
  );
}

const nothing: HuntResult = {
  query: '',
  rows: [],
  total: 0,
  isMore: false,
  from: 0,
  to: 0,
  bucketMs: 1_000,
  histogram: [],
  facets: { kinds: [], sites: [], assets: [] },
  sorted: 0,
  behind: 0,
};

function Found(props: {
  result: HuntResult;
  narrow: (term: string) => void;
  more: () => void;
  save: () => void;
}) {
  const { result, narrow } = props;
  const zone = deskZone.value;
  const moment = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  return (
    <>
      <div class="hunt-bar-line">
        <strong role="status">
          {result.isMore
            ? words('total-more', { count: result.total })
            : words('total', { count: result.total })}
        </strong>
        {result.behind > 0 ? <span class="faint">{words('behind', { count: result.behind })}</span> : null}
        <span class="hunt-tools">
          {mayKeep() && result.query !== '' ? (
            <Button size="small" icon="plus" onClick={props.save}>
              {words('save')}
            </Button>
          ) : null}
          <a
            class="button button-plain button-small"
            href={exportAddress(result.query)}
            download="search.csv"
          >
            {words('export')}
          </a>
        </span>
      </div>
      {result.total === 0 ? (
        <EmptyState icon="search" title={words('nothing')}>
          {words('nothing-text')}
        </EmptyState>
      ) : (
        <>
          <Histogram
            result={result}
            timeZone={zone}
            now={now.value}
            onChoose={(from, to) => narrow(`after:${moment(from)} before:${moment(to)}`)}
          />
          <div class="hunt-columns">
            <div class="hunt-rows">
              <ol>
                {result.rows.map((row) => (
                  <Row key={row.place} row={row} />
                ))}
              </ol>
              {result.next === undefined ? null : <Button onClick={props.more}>{words('more')}</Button>}
            </div>
            <aside class="hunt-facets">
              {(['kinds', 'sites', 'assets'] as const).map((name) => (
                <Card key={name} title={words(`facet-${name}`)} labelledBy={`facet-${name}`}>
                  <ul>
                    {result.facets[name].map(({ value, name: called, count, term }) => (
                      <li key={value}>
                        <button type="button" class="hunt-facet" onClick={() => narrow(term)}>
                          <span class="truncate">{called}</span>
                          <span class="faint">{count}</span>
                        </button>
                      </li>
                    ))}
                  </ul>
                </Card>
              ))}
              {result.sorted < result.total ? (
                <p class="faint">{words('of-newest', { count: result.sorted })}</p>
              ) : null}
            </aside>
          </div>
        </>
      )}
    </>
  );
}

function Row({ row }: { row: HuntRow }) {
  const { observation, detection } = row;
  const zone = zoneOfSite(observation?.site ?? detection?.site);
  const title = detection?.summary ?? (observation === undefined ? '' : text(`seen.${observation.kind}`));
  const said = {
    ...detection?.facts,
    ...detection?.observables,
    ...observation?.facts,
    ...observation?.observables,
    ...observation?.subjects,
    ...(observation?.value === undefined ? {} : { value: observation.value }),
  };
  return (
    <li>
      <details class="hunt-row">
        <summary aria-label={words('detail', { what: title })}>
          <span class="hunt-time">
            {timeOrDay(row.at, now.value, zone)} <ExactTime at={row.at} timeZone={zone} />
          </span>
          <span class="hunt-what">
            <span class="hunt-words">{title}</span>
            <span class="faint truncate">
              {[row.siteName, row.assetName, ...row.people.map(({ name }) => name)]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </span>
          {detection === undefined ? (
            <Chip>{observation?.kind ?? words('observation')}</Chip>
          ) : (
            <span class="hunt-chips">
              <SeverityChip severity={detection.severity} />
              <Chip tone="accent">{words('detection')}</Chip>
            </span>
          )}
        </summary>
        <dl class="facts">
          <div>
            <dt>id</dt>
            <dd class="mono">{observation?.id ?? detection?.id}</dd>
          </div>
          {Object.entries(said).map(([key, value]) => (
            <div key={key}>
              <dt>{factName(key)}</dt>
              <dd class="mono">{String(value)}</dd>
            </div>
          ))}
        </dl>
        {detection !== undefined && maySuppress() ? <Suppress row={row} detection={detection} /> : null}
      </details>
    </li>
  );
}

/** The dialog is the suppressions' own: fetched when somebody wants it. */
function Suppress({ row, detection }: { row: HuntRow; detection: Detection }) {
  const found = useSignal<typeof import('../suppressions/suppress-dialog.tsx') | undefined>(undefined);
  const Shown = found.value?.SuppressDialog;
  const [asset] = detection.assets;
  return (
    <>
      <Button
        size="small"
        icon="false-alarm"
        onClick={() => {
          void import('../suppressions/suppress-dialog.tsx').then(
            (loaded) => {
              found.value = loaded;
            },
            () => undefined,
          );
        }}
      >
        {words('suppress')}
      </Button>
      {Shown === undefined ? null : (
        <Shown
          detection={detection}
          zone={deskZone.value}
          page={{
            assets: asset === undefined ? [] : [{ id: asset, name: row.assetName ?? asset }],
            summary: {
              first: row.at,
              sites:
                detection.site === undefined
                  ? []
                  : [{ id: detection.site, name: row.siteName ?? detection.site }],
            },
          }}
          onClose={() => {
            found.value = undefined;
          }}
        />
      )}
    </>
  );
}

const severities: Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

function KeepDialog(props: { query: string; onKept: (items: SavedHunt[]) => void; onClose: () => void }) {
  const name = useSignal('');
  const shared = useSignal(false);
  const isWatched = useSignal(false);
  const severity = useSignal<Severity>('medium');
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (name.value.trim() === '') return;
    const body = {
      name: name.value.trim(),
      query: props.query,
      shared: shared.value,
      ...(isWatched.value ? { watch: { severity: severity.value } } : {}),
    };
    if (await done(keepHunt(crypto.randomUUID(), body).then(props.onKept))) props.onClose();
  };
  return (
    <Dialog title={words('save')} onClose={props.onClose}>
      <form class="reason" onSubmit={(event) => void submit(event)} noValidate>
        <p class="mono soft">{props.query}</p>
        <TextField
          label={words('name')}
          value={name.value}
          required
          autoFocus
          onInput={(value) => {
            name.value = value;
          }}
        />
        <Switch
          label={words('shared')}
          on={shared.value}
          onChange={(on) => {
            shared.value = on;
          }}
        />
        {maySuppress() ? (
          <>
            <Switch
              label={words('watch')}
              on={isWatched.value}
              onChange={(on) => {
                isWatched.value = on;
              }}
            />
            {isWatched.value ? (
              <Select
                label={words('watch-severity')}
                value={severity.value}
                options={severities.map((one) => ({ value: one, label: kitText(`kit.severity.${one}`) }))}
                onChange={(one) => {
                  severity.value = one;
                }}
              />
            ) : null}
          </>
        ) : null}
        <DialogActions onCancel={props.onClose}>
          <Button type="submit" look="primary">
            {words('keep')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
