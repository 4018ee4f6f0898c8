import './risk.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type {
  MitigationRow,
  RiskDecision,
  RiskDecisions,
  RiskRegister,
  RiskRow,
} from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { Select } from '../../kit/field.tsx';
import { go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { say } from '../../kit/toast.tsx';
import { money } from '../assets/asset-words.ts';
import { type Loaded, load, reasonOf } from '../loaded.ts';
import type { PageProps } from '../page-props.ts';
import { session } from '../session.ts';
import { DecisionDialog } from './decision-dialog.tsx';
import { type Cell, HeatMap } from './heat-map.tsx';
import { adopt, chooseCatalogue, fetchDecisions, fetchRegister, withdrawDecision } from './requests.ts';
import { words } from './words.ts';

const views = ['register', 'mitigations', 'decisions', 'catalogues'] as const;
type View = (typeof views)[number];
const STEP = 12;

const mayDecide = (): boolean =>
  session.value?.role === 'supervisor' || session.value?.role === 'administrator';

/** The register of risks, what mitigations are worth, what was decided, starter catalogues. */
export function RiskPage({ view: named }: PageProps) {
  const view: View = views.find((one) => one === named) ?? 'register';
  const register = useSignal<Loaded<RiskRegister>>({ state: 'loading' });
  const decisions = useSignal<Loaded<RiskDecisions>>({ state: 'loading' });
  const deciding = useSignal<RiskRow | undefined>(undefined);
  const loadAll = () => {
    void load(register, fetchRegister);
    void load(decisions, fetchDecisions);
  };
  useEffect(loadAll, []);
  const changing = async (change: () => Promise<RiskDecisions>, done: string) => {
    try {
      decisions.value = { state: 'there', value: await change() };
      say(done);
    } catch (error) {
      say(reasonOf(error).message, 'critical');
    }
    await load(register, fetchRegister);
  };
  const failed = [register.value, decisions.value].find((one) => one.state === 'failed');
  const known =
    register.value.state === 'there' && decisions.value.state === 'there'
      ? { register: register.value.value, decisions: decisions.value.value }
      : undefined;
  const byRow = new Map(known?.decisions.items.map((one) => [one.row, one]));
  return (
    <section class="risk" aria-labelledby="risk-title">
      <header>
        <h1 id="risk-title">{words('title')}</h1>
        <p class="faint">{words('about')}</p>
      </header>
      <Tabs
        label={words('view.label')}
        chosen={view}
        onChoose={(one) => go('risk', one)}
        choices={views.map((name) => ({
          name,
          label: words(`view.${name}`),
          count:
            name === 'register'
              ? known?.register.rows.length
              : name === 'mitigations'
                ? known?.register.mitigations.length
                : name === 'decisions'
                  ? known?.decisions.items.length
                  : undefined,
        }))}
      />
      {failed?.state === 'failed' ? (
        <ErrorState message={failed.message} onRetry={loadAll} />
      ) : known === undefined ? (
        <Skeleton lines={[72, 280, 96, 96]} />
      ) : view === 'mitigations' ? (
        <Mitigations
          register={known.register}
          onAdopt={(one) =>
            void changing(
              () => adopt(one.id, !one.inPlace),
              one.inPlace ? words('mitigation.dropped') : words('mitigation.adopted'),
            )
          }
        />
      ) : view === 'decisions' ? (
        <Decisions
          items={known.decisions.items}
          rows={known.register.rows}
          onWithdraw={(row) => void changing(() => withdrawDecision(row), words('decided.withdrawn'))}
        />
      ) : view === 'catalogues' ? (
        <Catalogues
          decisions={known.decisions}
          onChoose={(site, catalogue) =>
            void changing(() => chooseCatalogue(site, catalogue), words('catalogue.done'))
          }
        />
      ) : known.register.rows.length === 0 ? (
        <EmptyState icon="risk" title={words('empty.title')}>
          {words('empty.text')}
          {mayDecide() ? (
            <Button look="primary" onClick={() => go('risk', 'catalogues')}>
              {words('empty.choose')}
            </Button>
          ) : null}
        </EmptyState>
      ) : (
        <Register
          register={known.register}
          byRow={byRow}
          onDecide={(row) => {
            deciding.value = row;
          }}
        />
      )}
      {deciding.value === undefined || known === undefined ? null : (
        <DecisionDialog
          row={deciding.value}
          register={known.register}
          former={byRow.get(deciding.value.id)}
          onClose={() => {
            deciding.value = undefined;
          }}
          onDecided={(after) => {
            decisions.value = { state: 'there', value: after };
            deciding.value = undefined;
            say(words('dialog.saved'));
            void load(register, fetchRegister);
          }}
        />
      )}
    </section>
  );
}

const nameOf = ({ asset, threat }: Pick<RiskRow, 'asset' | 'threat'>) => `${asset.name}, ${threat.name}`;

function Register(props: {
  register: RiskRegister;
  byRow: ReadonlyMap<string, RiskDecision>;
  onDecide: (row: RiskRow) => void;
}) {
  const { register, byRow } = props;
  const cell = useSignal<Cell | undefined>(undefined);
  const shown = useSignal(STEP);
  const { rows, currency, annual, inherentAnnual } = register;
  const chosen = cell.value;
  const wanted =
    chosen === undefined
      ? rows
      : rows.filter(
          ({ likelihood, severity }) => likelihood === chosen.likelihood && severity === chosen.severity,
        );
  const most = rows[0]?.annual ?? 1;
  const undecided = rows.filter(
    ({ id, level }) => (level === 'critical' || level === 'high') && !byRow.has(id),
  ).length;
  const figures: [string, string][] = [
    [words('sum.annual'), money(annual, currency)],
    [words('sum.inherent'), money(inherentAnnual, currency)],
    [words('sum.kept-out'), money(Math.max(0, inherentAnnual - annual), currency)],
    [words('sum.open'), String(undecided)],
  ];
  return (
    <>
      <dl class="risk-figures">
        {figures.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="risk-body">
        <Card
          title={words('heat.title')}
          aside={
            chosen === undefined ? null : (
              <Button
                size="small"
                onClick={() => {
                  cell.value = undefined;
                }}
              >
                {words('heat.all')}
              </Button>
            )
          }
        >
          <HeatMap
            rows={rows}
            chosen={chosen}
            onChoose={(one) => {
              cell.value = one;
            }}
          />
        </Card>
        <Card
          title={words('top.title')}
          aside={<span class="faint">{words('top.count', { count: wanted.length })}</span>}
        >
          <ul class="risk-rows">
            {wanted.slice(0, shown.value).map((row) => (
              <Row
                key={row.id}
                row={row}
                most={most}
                currency={currency}
                decision={byRow.get(row.id)}
                onDecide={() => props.onDecide(row)}
              />
            ))}
          </ul>
          {wanted.length > shown.value ? (
            <Button
              size="small"
              onClick={() => {
                shown.value += STEP;
              }}
            >
              {words('top.more')}
            </Button>
          ) : null}
        </Card>
      </div>
    </>
  );
}

const tones = { low: 'info', medium: 'medium', high: 'high', critical: 'critical' } as const;

function Row(props: {
  row: RiskRow;
  most: number;
  currency: string;
  decision: RiskDecision | undefined;
  onDecide: () => void;
}) {
  const { row, currency, decision, most } = props;
  const rounded = (value: number) => String(Number(value.toPrecision(2)));
  return (
    <li class="risk-row">
      <div class="risk-row-head">
        <Chip tone={tones[row.level]} icon={`severity-${tones[row.level]}`}>
          {words(`level.${row.level}`)}
        </Chip>
        <span class="risk-name">{nameOf(row)}</span>
        <span class="risk-annual">{words('row.annual', { amount: money(row.annual, currency) })}</span>
      </div>
      <span class="risk-bars" aria-hidden="true">
        <span
          class="risk-bar risk-bar-inherent"
          style={{ width: `${Math.min(100, (row.inherent.annual / most) * 100)}%` }}
        />
        <span class="risk-bar" style={{ width: `${Math.min(100, (row.annual / most) * 100)}%` }} />
      </span>
      <p class="risk-about">
        {[
          words('row.times', { times: rounded(row.perYear), amount: money(row.impact, currency) }),
          ...(row.weakness === undefined ? [] : [words('row.by', { weakness: row.weakness.name })]),
          ...(row.inherent.annual > row.annual * 1.01
            ? [words('row.reduced', { amount: money(row.inherent.annual, currency) })]
            : []),
        ].join(' · ')}
      </p>
      {row.follows === undefined ? null : <p class="risk-about">{row.follows}</p>}
      <div class="risk-row-foot">
        {decision === undefined ? (
          <span />
        ) : (
          <span class="risk-decided">
            <Chip tone={decision.isDue ? 'high' : 'good'} icon={decision.isDue ? 'clock' : 'check'}>
              {decision.isDue ? words('decided.due') : words(`decided.${decision.decision}`)}
            </Chip>
            <span class="faint">
              {words('decided.line', { owner: decision.owner, date: decision.reviewOn })}
            </span>
          </span>
        )}
        {mayDecide() ? (
          <Button size="small" label={words('row.decide-on', { name: nameOf(row) })} onClick={props.onDecide}>
            {words('row.decide')}
          </Button>
        ) : null}
      </div>
    </li>
  );
}

function Mitigations(props: { register: RiskRegister; onAdopt: (one: MitigationRow) => void }) {
  const { mitigations, currency, rows } = props.register;
  if (mitigations.length === 0)
    return (
      <EmptyState icon="contain" title={words('mitigation.none')}>
        {words('mitigation.none-text')}
      </EmptyState>
    );
  const most = Math.max(1, ...mitigations.map(({ without }) => without));
  const titles = new Map(rows.map((row) => [row.id, nameOf(row)]));
  return (
    <ul class="mitigations">
      {mitigations.map((one) => (
        <li key={one.id} class={`mitigation${one.inPlace ? ' mitigation-in-place' : ''}`}>
          <div class="risk-row-head">
            <h2 class="risk-name">{one.name}</h2>
            <Chip tone={one.inPlace ? 'good' : 'neutral'} icon={one.inPlace ? 'check' : 'minus'}>
              {one.inPlace ? words('mitigation.in-place') : words('mitigation.not-in-place')}
            </Chip>
          </div>
          <div class="mitigation-sides">
            <Bar title={words('mitigation.before')} value={one.without} most={most} currency={currency} />
            <Bar title={words('mitigation.after')} value={one.with} most={most} currency={currency} isAfter />
          </div>
          <p class={one.netPerYear >= 0 ? 'mitigation-gain' : 'mitigation-cost'}>
            {one.netPerYear >= 0
              ? words('mitigation.net', {
                  amount: money(one.netPerYear, currency),
                  cost: money(one.costPerYear, currency),
                })
              : words('mitigation.loss', {
                  amount: money(-one.netPerYear, currency),
                  cost: money(one.costPerYear, currency),
                })}
          </p>
          {one.rows.length === 0 ? null : (
            <details>
              <summary>{words('mitigation.rows', { count: Math.min(5, one.rows.length) })}</summary>
              <ul class="mitigation-rows">
                {one.rows.slice(0, 5).map(({ id, without, with: after }) => (
                  <li key={id}>
                    <span>{titles.get(id) ?? id}</span>
                    <span class="faint">
                      {money(without, currency)} → {money(after, currency)}
                    </span>
                  </li>
                ))}
              </ul>
            </details>
          )}
          {mayDecide() ? (
            <Button
              size="small"
              look={one.inPlace || one.netPerYear < 0 ? 'plain' : 'primary'}
              label={
                one.inPlace
                  ? words('mitigation.drop-of', { name: one.name })
                  : words('mitigation.adopt-of', { name: one.name })
              }
              onClick={() => props.onAdopt(one)}
            >
              {one.inPlace ? words('mitigation.drop') : words('mitigation.adopt')}
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Bar(props: { title: string; value: number; most: number; currency: string; isAfter?: boolean }) {
  return (
    <div class="mitigation-side">
      <span class="faint">{props.title}</span>
      <span class="mitigation-figure">
        {words('row.annual', { amount: money(props.value, props.currency) })}
      </span>
      <span class="risk-bars" aria-hidden="true">
        <span
          class={`risk-bar${props.isAfter === true ? ' risk-bar-after' : ''}`}
          style={{ width: `${(props.value / props.most) * 100}%` }}
        />
      </span>
    </div>
  );
}

function Decisions(props: {
  items: readonly RiskDecision[];
  rows: readonly RiskRow[];
  onWithdraw: (row: string) => void;
}) {
  if (props.items.length === 0)
    return (
      <EmptyState icon="note" title={words('decided.none')}>
        {words('decided.none-text')}
      </EmptyState>
    );
  const byId = new Map(props.rows.map((row) => [row.id, row]));
  return (
    <Card>
      <ul class="risk-rows">
        {[...props.items]
          .sort((a, b) => (a.reviewOn < b.reviewOn ? -1 : 1))
          .map((one) => {
            const row = byId.get(one.row);
            const name = row === undefined ? one.row : nameOf(row);
            return (
              <li key={one.row} class="risk-row">
                <div class="risk-row-head">
                  <Chip tone={one.isDue ? 'high' : 'good'} icon={one.isDue ? 'clock' : 'check'}>
                    {words(`decided.${one.decision}`)}
                  </Chip>
                  <span class="risk-name">{name}</span>
                  {mayDecide() ? (
                    <Button
                      size="small"
                      icon="reopen"
                      label={words('decided.withdraw-of', { name })}
                      onClick={() => props.onWithdraw(one.row)}
                    >
                      {words('decided.withdraw')}
                    </Button>
                  ) : null}
                </div>
                <p class="risk-about">
                  {[
                    ...(one.isDue ? [words('decided.due')] : []),
                    words('decided.line', { owner: one.owner, date: one.reviewOn }),
                    words('decided.by', { name: one.by }),
                    ...(row === undefined ? [words('decided.gone')] : []),
                  ].join(' · ')}
                </p>
                {one.text === '' ? null : <p>{one.text}</p>}
              </li>
            );
          })}
      </ul>
    </Card>
  );
}

function Catalogues(props: {
  decisions: RiskDecisions;
  onChoose: (site: string, catalogue: string | undefined) => void;
}) {
  const { catalogues, sites } = props.decisions;
  return (
    <Card>
      <p class="faint">{words('catalogue.about')}</p>
      <ul class="risk-sites">
        {sites.map(({ id, name, catalogue, seems }) => (
          <li key={id}>
            {mayDecide() ? (
              <Select
                label={words('catalogue.site', { name })}
                hint={words('catalogue.seems', {
                  name: catalogues.find((one) => one.name === seems)?.title ?? seems,
                })}
                value={catalogue ?? ''}
                options={[
                  { value: '', label: words('catalogue.none') },
                  ...catalogues.map((one) => ({
                    value: one.name as string,
                    label: words('catalogue.option', {
                      title: one.title,
                      threats: one.threats,
                      mitigations: one.mitigations,
                    }),
                  })),
                ]}
                onChange={(value) => props.onChoose(id, value === '' ? undefined : value)}
              />
            ) : (
              <p>
                {words('catalogue.site', { name })}: {catalogue ?? words('catalogue.none')}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
