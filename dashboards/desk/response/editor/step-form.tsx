import type {
  PlaybookDocument,
  PlaybookLibrary,
  PlaybookProblemRow,
  PlaybookStep,
} from '../../../../cloud/api/contract.ts';
import { Button } from '../../../kit/button.tsx';
import { Select, TextArea, TextField } from '../../../kit/field.tsx';
import { Icon } from '../../../kit/icons.tsx';
import { MenuButton } from '../../../kit/menu.tsx';
import { words } from '../words.ts';
import {
  addAfter,
  addBranch,
  changeStep,
  connect,
  edgesOf,
  linkNames,
  newSteps,
  onward,
  takeOut,
} from './draft.ts';
import { kindWords } from './graph.tsx';

const MINUTE_MS = 60_000;

interface FormProps {
  playbook: PlaybookDocument;
  library: PlaybookLibrary | undefined;
  problems: readonly PlaybookProblemRow[];
  id: string;
  isReadOnly: boolean;
  onChange: (playbook: PlaybookDocument, choose?: string) => void;
}

/** One step's fields, what follows it, and what is wrong with it. */
export function StepForm(props: FormProps) {
  const { playbook, id, isReadOnly, onChange } = props;
  const step = playbook.workflow[id];
  if (step === undefined) return <p class="soft">{words('edit.none')}</p>;
  const change = (of: Parameters<typeof changeStep>[2]) => onChange(changeStep(playbook, id, of));
  const wrong = props.problems.filter((problem) => problem.step === id);
  return (
    <fieldset class="run-step-form" disabled={isReadOnly}>
      <legend class="run-step-form-title">{kindWords(step)}</legend>
      {wrong.map(({ path, message }) => (
        <p key={path + message} class="field-error" role="alert">
          <Icon name="warning" size={14} /> {message}
        </p>
      ))}
      {step.type === 'start' ? null : (
        <TextField
          label={words('edit.step-name')}
          value={step.name ?? ''}
          onInput={(name) => change({ name: name === '' ? undefined : name })}
        />
      )}
      {step.type === 'action' ? <ActionFields {...props} step={step} /> : null}
      {step.condition === undefined ? null : (
        <TextField
          label={words('edit.condition')}
          hint={words('edit.condition-hint')}
          value={step.condition}
          onInput={(condition) => change({ condition })}
        />
      )}
      {step.switch === undefined ? null : (
        <TextField
          label={words('edit.switch')}
          value={step.switch}
          onInput={(by) => change({ switch: by })}
        />
      )}
      <Links {...props} step={step} />
      {isReadOnly ? null : (
        <div class="run-step-form-deeds">
          {step.type === 'end' ? null : <AddMenu {...props} />}
          {step.type === 'parallel' ? (
            <Button
              icon="plus"
              onClick={() =>
                onChange(
                  addBranch(playbook, id, { name: words('edit.new-step'), text: words('edit.new-text') }),
                )
              }
            >
              {words('edit.add-branch')}
            </Button>
          ) : null}
          {step.type === 'start' ? null : (
            <Button
              look="danger"
              icon="close"
              onClick={() => onChange(takeOut(playbook, id), playbook.workflow_start)}
            >
              {words('edit.take-out')}
            </Button>
          )}
        </div>
      )}
    </fieldset>
  );
}

function AddMenu({ playbook, library, id, onChange }: FormProps) {
  return (
    <MenuButton
      label={words('edit.add-after')}
      name={words('edit.add-after')}
      look="button button-plain"
      items={newSteps.map((kind) => ({
        label: words(`edit.kind-${kind}`),
        icon: 'plus' as const,
        onChoose: () => {
          const example = library?.actions.find(({ command }) => command === kind)?.example ?? '';
          const added = addAfter(playbook, id, kind, {
            name: words('edit.new-step'),
            text: words('edit.new-text'),
            example,
          });
          onChange(added.playbook, added.id);
        },
      }))}
    >
      <Icon name="plus" /> <span class="button-text">{words('edit.add-after')}</span>
    </MenuButton>
  );
}

function ActionFields({ playbook, library, id, step, onChange }: FormProps & { step: PlaybookStep }) {
  const change = (of: Parameters<typeof changeStep>[2]) => onChange(changeStep(playbook, id, of));
  const [command] = step.commands ?? [];
  const setCommand = (of: object) =>
    change({ commands: [{ type: 'manual', ...command, ...of }, ...(step.commands?.slice(1) ?? [])] });
  const known = library?.actions.find((action) => action.command === command?.type);
  const minutes = (ms: number | undefined) => (ms === undefined ? '' : String(ms / MINUTE_MS));
  const milliseconds = (text: string) => {
    const value = Math.round(Number(text.replace(',', '.')) * MINUTE_MS);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  return (
    <>
      {command === undefined || command.type === 'manual' || command.type === 'gatehouse-notice' ? (
        <TextArea
          label={words('edit.text')}
          value={command?.command ?? ''}
          rows={4}
          onInput={(text) => setCommand({ command: text })}
        />
      ) : (
        <TextField
          label={words('edit.command')}
          hint={known === undefined ? undefined : words('edit.example', { example: known.example })}
          value={command.command ?? ''}
          onInput={(text) => setCommand({ command: text })}
        />
      )}
      {command?.type === 'gatehouse-mail' ? (
        <TextArea
          label={words('edit.content')}
          value={command.content ?? ''}
          onInput={(content) => setCommand({ content })}
        />
      ) : null}
      <Select
        label={words('edit.agent')}
        value={step.agent ?? ''}
        options={Object.entries(playbook.agent_definitions ?? {}).map(([value, { name }]) => ({
          value,
          label: name,
        }))}
        onChange={(agent) => change({ agent })}
      />
      {command === undefined || command.type === 'manual' ? null : (
        <Select
          label={words('edit.target')}
          value={step.targets?.[0] ?? ''}
          options={[
            { value: '', label: words('edit.no-target') },
            ...Object.entries(playbook.target_definitions ?? {}).map(([value, { name }]) => ({
              value,
              label: name,
            })),
          ]}
          onChange={(target) => change({ targets: target === '' ? undefined : [target] })}
        />
      )}
      <div class="run-step-form-pair">
        <TextField
          label={words('edit.minutes')}
          value={minutes(step.timeout)}
          inputMode="numeric"
          onInput={(text) => change({ timeout: milliseconds(text) })}
        />
        <TextField
          label={words('edit.delay')}
          value={minutes(step.delay)}
          inputMode="numeric"
          onInput={(text) => change({ delay: milliseconds(text) })}
        />
      </div>
      <TextField
        label={words('edit.answers')}
        hint={words('edit.answers-hint')}
        value={(step.out_args ?? []).join(' ')}
        onInput={(text) => {
          const names = text.split(/[\s,]+/).filter((name) => name !== '');
          const fresh = names.filter(
            (name) =>
              /^__[a-zA-Z_][a-zA-Z0-9_-]*__$/.test(name) && playbook.playbook_variables?.[name] === undefined,
          );
          const declared = {
            ...playbook,
            playbook_variables: {
              ...playbook.playbook_variables,
              ...Object.fromEntries(fresh.map((name) => [name, { type: 'string' }])),
            },
          };
          onChange(
            changeStep(fresh.length === 0 ? playbook : declared, id, {
              out_args: names.length === 0 ? undefined : names,
            }),
          );
        }}
      />
    </>
  );
}

/** Where it goes from here. */
function Links({ playbook, id, step, onChange }: FormProps & { step: PlaybookStep }) {
  const steps = Object.entries(playbook.workflow)
    .filter(([other, { type }]) => other !== id && type !== 'start')
    .map(([value, other]) => ({ value, label: `${other.name ?? kindWords(other)} (${value.slice(-4)})` }));
  const choose = (by: string, label: string, to: string | undefined, nothing: string) => (
    <Select
      key={by}
      label={label}
      value={to ?? ''}
      options={[{ value: '', label: nothing }, ...steps]}
      onChange={(next) => onChange(connect(playbook, { from: id, by }, next === '' ? undefined : next))}
    />
  );
  if (step.type === 'end') return null;
  const by = step.on_completion === undefined ? onward(step) : 'on_completion';
  return (
    <>
      {edgesOf(playbook)
        .filter(({ from, by: how }) => from === id && !linkNames.some((name) => name === how))
        .map(({ by: how, to }, index) =>
          choose(
            how,
            how.startsWith('cases.')
              ? words('edit.case', { value: how.slice('cases.'.length) })
              : words('edit.branch', { number: index + 1 }),
            to,
            words('edit.nothing'),
          ),
        )}
      {step.type === 'if-condition' || step.type === 'while-condition'
        ? choose('on_true', words('edit.true'), step.on_true, words('edit.nothing'))
        : null}
      {step.type === 'if-condition'
        ? choose('on_false', words('edit.false'), step.on_false, words('edit.nothing'))
        : null}
      {choose(by, words('edit.next'), step[by], words('edit.nothing'))}
      {step.type === 'action'
        ? choose('on_failure', words('edit.failure'), step.on_failure, words('edit.ask-person'))
        : null}
    </>
  );
}
