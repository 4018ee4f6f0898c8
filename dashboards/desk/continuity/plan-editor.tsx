import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type {
  ContinuityPlanContent,
  ContinuityPlanPage,
  PlanContact,
  PlanFallback,
  PlanStep,
} from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Select, Switch, TextArea, TextField } from '../../kit/field.tsx';
import { address } from '../../kit/route.ts';
import { say } from '../../kit/toast.tsx';
import { done } from '../done.ts';
import { savePlan } from './requests.ts';
import { linesOf, minutesOf, minutesText } from './spans.ts';
import { words } from './words.ts';

const newId = (of: string) =>
  `${of}-${Date.now().toString(36)}${Math.floor(Math.random() * 1_296).toString(36)}`;
const nobody: PlanContact = { name: '', role: '', phone: '', mail: '' };

/** Everything of a plan, in the order in which it is thought: what, who, what to do, what else, when. */
export function PlanEditor({
  page,
  onSaved,
}: {
  page: ContinuityPlanPage;
  onSaved: (page: ContinuityPlanPage) => void;
}) {
  const content = useSignal<ContinuityPlanContent>(page.content);
  const isBusy = useSignal(false);
  const change = (by: Partial<ContinuityPlanContent>) => {
    content.value = { ...content.value, ...by };
  };
  const save = async (submit: Event) => {
    submit.preventDefault();
    isBusy.value = true;
    await done(
      savePlan(page.row.id, page.version, content.value).then((saved) => {
        say(words('saved'));
        onSaved(saved);
      }),
    );
    isBusy.value = false;
  };
  const { value } = content;
  const { triggers } = value;
  return (
    <form class="plan-editor" onSubmit={(submit) => void save(submit)}>
      <header class="continuity-head">
        <h2>{words('edit.title', { name: page.content.name })}</h2>
        <div class="continuity-buttons">
          <Button look="primary" type="submit" icon="check" busy={isBusy.value}>
            {words('save')}
          </Button>
          <a class="button button-quiet" href={address('continuity', 'plan', page.row.id)}>
            {words('cancel')}
          </a>
        </div>
      </header>
      <Card title={words('edit.what')} labelledBy="edit-what">
        <div class="continuity-form">
          <TextField label={words('edit.name')} value={value.name} onInput={(name) => change({ name })} />
          <TextArea
            label={words('edit.about')}
            value={value.about}
            rows={2}
            onInput={(about) => change({ about })}
          />
          <div class="continuity-pair">
            <Minutes
              label={words('edit.rto')}
              ms={value.rtoMs}
              onChange={(rtoMs) => rtoMs && change({ rtoMs })}
            />
            <Minutes
              label={words('edit.rpo')}
              ms={value.rpoMs}
              onChange={(rpoMs) => {
                const { rpoMs: _before, ...rest } = content.value;
                content.value = rpoMs === undefined ? rest : { ...rest, rpoMs };
              }}
            />
          </div>
          <Choices
            legend={words('edit.assets')}
            options={page.choices.assets}
            chosen={value.assets}
            onChange={(assets) => change({ assets })}
          />
          <Choices
            legend={words('edit.services')}
            options={page.choices.services}
            chosen={value.services}
            onChange={(services) => change({ services })}
          />
        </div>
      </Card>
      <Card title={words('contacts')} labelledBy="edit-who">
        <div class="continuity-form">
          <Person legend={words('contact.owner')} one={value.owner} onChange={(owner) => change({ owner })} />
          {(['deputies', 'contacts'] as const).map((list) => (
            <List
              key={list}
              entries={value[list]}
              title={list === 'deputies' ? words('contact.deputies') : words('contact.others')}
              add={list === 'deputies' ? words('edit.add-deputy') : words('edit.add-contact')}
              fresh={() => nobody}
              onChange={(entries) => change({ [list]: entries })}
              show={(one, set, legend) => <Person legend={legend} one={one} onChange={set} />}
            />
          ))}
        </div>
      </Card>
      <Card title={words('edit.steps')} labelledBy="edit-steps">
        <List
          entries={value.steps}
          title={words('edit.step')}
          add={words('edit.add-step')}
          fresh={(): PlanStep => ({ id: newId('s'), phase: 'recover', text: '', who: '' })}
          onChange={(steps) => change({ steps })}
          show={(one, set, legend) => <StepFields legend={legend} one={one} onChange={set} />}
        />
      </Card>
      <Card title={words('fall-backs')} labelledBy="edit-fall-backs">
        <List
          entries={value.fallbacks}
          title={words('edit.fall-back')}
          add={words('edit.add-fall-back')}
          fresh={(): PlanFallback => ({ id: newId('f'), title: '', text: '', conditions: [] })}
          onChange={(fallbacks) => change({ fallbacks })}
          show={(one, set, legend) => (
            <FallbackFields legend={legend} one={one} playbooks={page.choices.playbooks} onChange={set} />
          )}
        />
      </Card>
      <Card title={words('plan.when')} labelledBy="edit-when">
        <div class="continuity-form">
          <Switch
            label={words('plan.when-fails')}
            on={triggers.failing}
            onChange={(failing) => change({ triggers: { ...triggers, failing } })}
          />
          <TextField
            label={words('edit.predicted')}
            hint={words('edit.predicted-hint')}
            inputMode="numeric"
            value={
              triggers.predictedFrom === undefined ? '' : String(Math.round(triggers.predictedFrom * 100))
            }
            onInput={(text) => {
              const { predictedFrom: _before, ...rest } = triggers;
              const percent = /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0;
              change({
                triggers: percent >= 1 && percent <= 100 ? { ...rest, predictedFrom: percent / 100 } : rest,
              });
            }}
          />
          <Lines
            label={words('edit.rules')}
            lines={triggers.rules}
            onChange={(rules) => change({ triggers: { ...content.value.triggers, rules } })}
          />
        </div>
      </Card>
    </form>
  );
}

/** Entries in order: each can be moved up, taken out, and one more added. */
function List<Entry>(props: {
  entries: readonly Entry[];
  title: string;
  add: string;
  fresh: () => Entry;
  onChange: (entries: Entry[]) => void;
  show: (entry: Entry, set: (entry: Entry) => void, legend: string) => ComponentChildren;
}) {
  const { entries, title, onChange } = props;
  return (
    <div class="continuity-list">
      {entries.map((entry, index) => {
        const legend = `${title} ${index + 1}`;
        return (
          <div key={index} class="continuity-list-entry">
            {props.show(
              entry,
              (next) => onChange(entries.map((one, at) => (at === index ? next : one))),
              legend,
            )}
            <div class="continuity-list-acts">
              {index === 0 ? null : (
                <Button
                  size="small"
                  look="quiet"
                  label={words('edit.up-of', { what: legend })}
                  onClick={() => {
                    const next = [...entries];
                    next.splice(index - 1, 0, ...next.splice(index, 1));
                    onChange(next);
                  }}
                >
                  {words('edit.up')}
                </Button>
              )}
              <IconButton
                icon="close"
                label={words('edit.remove', { what: legend })}
                onClick={() => onChange(entries.filter((_one, at) => at !== index))}
              />
            </div>
          </div>
        );
      })}
      <Button size="small" icon="plus" onClick={() => onChange([...entries, props.fresh()])}>
        {props.add}
      </Button>
    </div>
  );
}

function Person(props: { legend: string; one: PlanContact; onChange: (one: PlanContact) => void }) {
  const { one, onChange } = props;
  return (
    <fieldset class="continuity-entry">
      <legend>{props.legend}</legend>
      <div class="continuity-pair">
        <TextField
          label={words('edit.person')}
          value={one.name}
          onInput={(name) => onChange({ ...one, name })}
        />
        <TextField
          label={words('edit.role')}
          value={one.role}
          onInput={(role) => onChange({ ...one, role })}
        />
        <TextField
          label={words('edit.phone')}
          value={one.phone}
          onInput={(phone) => onChange({ ...one, phone })}
        />
        <TextField
          label={words('edit.mail')}
          value={one.mail}
          onInput={(mail) => onChange({ ...one, mail })}
        />
      </div>
    </fieldset>
  );
}

function StepFields(props: { legend: string; one: PlanStep; onChange: (one: PlanStep) => void }) {
  const { one, onChange } = props;
  return (
    <fieldset class="continuity-entry">
      <legend>{props.legend}</legend>
      <TextField label={words('edit.text')} value={one.text} onInput={(text) => onChange({ ...one, text })} />
      <div class="continuity-pair">
        <Select
          label={words('edit.phase')}
          value={one.phase}
          options={(['first', 'recover', 'normal'] as const).map((phase) => ({
            value: phase,
            label: words(`phase.${phase}`),
          }))}
          onChange={(phase) => onChange({ ...one, phase })}
        />
        <TextField label={words('edit.who')} value={one.who} onInput={(who) => onChange({ ...one, who })} />
        <Minutes
          label={words('edit.within')}
          ms={one.withinMs}
          onChange={(withinMs) => {
            const { withinMs: _before, ...rest } = one;
            onChange(withinMs === undefined ? rest : { ...rest, withinMs });
          }}
        />
      </div>
    </fieldset>
  );
}

function FallbackFields(props: {
  legend: string;
  one: PlanFallback;
  playbooks: readonly { id: string; name: string }[];
  onChange: (one: PlanFallback) => void;
}) {
  const { one, onChange } = props;
  return (
    <fieldset class="continuity-entry">
      <legend>{props.legend}</legend>
      <TextField
        label={words('edit.fall-back-title')}
        value={one.title}
        onInput={(title) => onChange({ ...one, title })}
      />
      <Lines
        label={words('edit.conditions')}
        lines={one.conditions}
        onChange={(conditions) => onChange({ ...one, conditions })}
      />
      <TextArea
        label={words('edit.how')}
        value={one.text}
        rows={2}
        onInput={(text) => onChange({ ...one, text })}
      />
      <div class="continuity-pair">
        <Select
          label={words('edit.playbook')}
          value={one.playbook ?? ''}
          options={[
            { value: '', label: words('edit.no-playbook') },
            ...props.playbooks.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(playbook) => {
            const { playbook: _before, ...rest } = one;
            onChange(playbook === '' ? rest : { ...rest, playbook });
          }}
        />
        <Minutes
          label={words('edit.ready')}
          ms={one.readyMs}
          onChange={(readyMs) => {
            const { readyMs: _before, ...rest } = one;
            onChange(readyMs === undefined ? rest : { ...rest, readyMs });
          }}
        />
      </div>
    </fieldset>
  );
}

function Minutes(props: {
  label: string;
  ms: number | undefined;
  onChange: (ms: number | undefined) => void;
}) {
  const text = useSignal(minutesText(props.ms));
  return (
    <TextField
      label={props.label}
      inputMode="numeric"
      value={text.value}
      error={text.value !== '' && minutesOf(text.value) === undefined ? words('edit.minutes') : undefined}
      onInput={(value) => {
        text.value = value;
        props.onChange(minutesOf(value));
      }}
    />
  );
}

/** One entry on each line; what is typed stays as it is typed. */
function Lines(props: { label: string; lines: readonly string[]; onChange: (lines: string[]) => void }) {
  const text = useSignal(props.lines.join('\n'));
  return (
    <TextArea
      label={props.label}
      hint={words('edit.lines')}
      rows={3}
      value={text.value}
      onInput={(value) => {
        text.value = value;
        props.onChange(linesOf(value));
      }}
    />
  );
}

export function Choices(props: {
  legend: string;
  options: readonly { id: string; name: string }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  if (props.options.length === 0) return null;
  return (
    <fieldset class="continuity-choices">
      <legend>{props.legend}</legend>
      {props.options.map(({ id, name }) => (
        <label key={id} class="continuity-choice">
          <input
            type="checkbox"
            checked={props.chosen.includes(id)}
            onChange={(change) =>
              props.onChange(
                change.currentTarget.checked
                  ? [...props.chosen, id]
                  : props.chosen.filter((one) => one !== id),
              )
            }
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
