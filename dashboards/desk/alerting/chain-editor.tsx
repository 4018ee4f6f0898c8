import { useSignal } from '@preact/signals';
import type { AlertChain, AlertingPage, AlertTarget } from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { kitText } from '../../kit/text.ts';
import { reasonOf } from '../loaded.ts';
import { targetName } from './chains.tsx';
import { removeChain, saveChain } from './requests.ts';
import { words } from './words.ts';

const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
const roles = ['staff', 'responsible-person', 'operator', 'supervisor', 'administrator'] as const;
const MINUTE = 60_000;
const MAX_STEPS = 10;
const repeats = ['0', '1', '2', '3', '5', '10'] as const;

interface Step {
  minutes: string;
  to: AlertTarget[];
}

/** A chain's name becomes its id: letters and digits of it, made different from the others. */
function idFor(title: string, taken: readonly string[]): string {
  const base =
    title
      .toLowerCase()
      .normalize('NFKD')
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 40) || 'chain';
  let id = base;
  for (let number = 2; taken.includes(id); number++) id = `${base}-${number}`;
  return id;
}

export function ChainEditor(props: {
  page: AlertingPage;
  chain: AlertChain;
  onChanged: (page: AlertingPage) => void;
  onClose: () => void;
}) {
  const { page, chain, onChanged, onClose } = props;
  const isNew = chain.id === '' || page.isDefaultChain;
  const title = useSignal(chain.title);
  const sites = useSignal<readonly string[]>(chain.sites);
  const from = useSignal(chain.from);
  const again = useSignal(String(chain.repeats));
  const steps = useSignal<readonly Step[]>(
    chain.steps.map(({ afterMs, to }) => ({ minutes: String(afterMs / MINUTE), to: [...to] })),
  );
  const isTried = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);

  const isWrong = (index: number): boolean => {
    const minutes = Number(steps.value[index]?.minutes);
    const before = index === 0 ? -1 : Number(steps.value[index - 1]?.minutes);
    return !Number.isInteger(minutes) || minutes <= before || minutes > 24 * 60;
  };
  const put = (index: number, change: Partial<Step>) => {
    steps.value = steps.value.map((one, at) => (at === index ? { ...one, ...change } : one));
  };
  const carryOut = async (deed: () => Promise<AlertingPage>) => {
    isBusy.value = true;
    try {
      onChanged(await deed());
      onClose();
    } catch (error) {
      problem.value = reasonOf(error).message;
      isBusy.value = false;
    }
  };
  const save = () => {
    isTried.value = true;
    if (title.value.trim() === '' || steps.value.some((one, index) => isWrong(index) || one.to.length === 0))
      return;
    const taken = page.isDefaultChain ? [] : page.chains.map(({ id }) => id);
    void carryOut(() =>
      saveChain({
        id: isNew ? idFor(title.value, taken) : chain.id,
        title: title.value.trim(),
        sites: [...sites.value],
        from: from.value,
        steps: steps.value.map(({ minutes, to }) => ({ afterMs: Number(minutes) * MINUTE, to })),
        repeats: Number(again.value),
      }),
    );
  };

  return (
    <Dialog
      title={chain.id === '' ? words('edit.new') : words('chain.edit-named', { title: chain.title })}
      size="wide"
      onClose={onClose}
    >
      <div class="alerting-editor">
        <TextField
          label={words('edit.title')}
          required
          autoFocus
          value={title.value}
          error={isTried.value && title.value.trim() === '' ? words('edit.wrong-title') : undefined}
          onInput={(value) => {
            title.value = value;
          }}
        />
        <Select
          label={words('edit.from')}
          value={from.value}
          options={severities.map((value) => ({ value, label: kitText(`kit.severity.${value}`) }))}
          onChange={(value) => {
            from.value = value;
          }}
        />
        <fieldset class="alerting-sites">
          <legend class="field-label">{words('edit.sites')}</legend>
          <p class="field-hint">{words('edit.sites-hint')}</p>
          <div class="alerting-site-list">
            {page.sites.map(({ id, name }) => (
              <label key={id} class="alerting-day">
                <input
                  type="checkbox"
                  checked={sites.value.includes(id)}
                  onChange={(change) => {
                    const others = sites.value.filter((one) => one !== id);
                    sites.value = change.currentTarget.checked ? [...others, id] : others;
                  }}
                />
                <span>{name}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <h3>{words('edit.steps')}</h3>
        <ol class="alerting-edit-steps">
          {steps.value.map((step, index) => (
            <li key={index}>
              <h4>{words('edit.step', { number: index + 1 })}</h4>
              <TextField
                label={words('edit.minutes')}
                inputMode="numeric"
                value={step.minutes}
                error={isTried.value && isWrong(index) ? words('edit.wrong-minutes') : undefined}
                onInput={(minutes) => put(index, { minutes })}
              />
              <Targets page={page} to={step.to} onChange={(to) => put(index, { to })} />
              {steps.value.length === 1 ? null : (
                <IconButton
                  icon="close"
                  label={words('edit.remove-step', { number: index + 1 })}
                  onClick={() => {
                    steps.value = steps.value.filter((_one, at) => at !== index);
                  }}
                />
              )}
            </li>
          ))}
        </ol>
        <div class="alerting-editor-row">
          {steps.value.length >= MAX_STEPS ? null : (
            <Button
              size="small"
              icon="plus"
              onClick={() => {
                const last = Number(steps.value.at(-1)?.minutes);
                const minutes = String((Number.isInteger(last) ? last : 0) + 10);
                steps.value = [...steps.value, { minutes, to: [{ kind: 'role', role: 'administrator' }] }];
              }}
            >
              {words('edit.add-step')}
            </Button>
          )}
          <Select
            label={words('edit.repeats')}
            value={again.value}
            options={[...new Set([...repeats, again.value])].map((value) => ({
              value,
              label:
                value === '0'
                  ? words('edit.repeats-never')
                  : words('edit.repeats-times', { count: Number(value) }),
            }))}
            onChange={(value) => {
              again.value = value;
            }}
          />
        </div>
        {problem.value === undefined ? null : (
          <p class="field-error" role="alert">
            {problem.value}
          </p>
        )}
      </div>
      <DialogActions onCancel={onClose}>
        {isNew ? null : (
          <Button look="danger" onClick={() => void carryOut(() => removeChain(chain.id))}>
            {words('edit.remove')}
          </Button>
        )}
        <Button look="primary" busy={isBusy.value} onClick={save}>
          {words('edit.save')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** Whom a step tells: what is chosen, and a list to add from. */
function Targets(props: { page: AlertingPage; to: AlertTarget[]; onChange: (to: AlertTarget[]) => void }) {
  const { page, to, onChange } = props;
  const all: AlertTarget[] = [
    { kind: 'on-duty' },
    ...roles.map((role) => ({ kind: 'role' as const, role })),
    ...page.people.map(({ name }) => ({ kind: 'person' as const, account: name })),
    ...page.webhooks.map(({ name }) => ({ kind: 'webhook' as const, name })),
  ];
  const keyOf = (target: AlertTarget) => JSON.stringify(target);
  const chosen = new Set(to.map(keyOf));
  const options = all.filter((target) => !chosen.has(keyOf(target)));
  return (
    <div class="alerting-targets">
      <ul>
        {to.map((target) => {
          const name = targetName(target, page);
          return (
            <li key={keyOf(target)}>
              <span>{name}</span>
              <IconButton
                icon="close"
                label={words('edit.remove-target', { name })}
                onClick={() => onChange(to.filter((one) => one !== target))}
              />
            </li>
          );
        })}
      </ul>
      <Select
        label={to.length === 0 ? words('edit.target') : words('edit.more-people')}
        value=""
        options={[
          { value: '', label: '…' },
          ...options.map((target) => ({ value: keyOf(target), label: targetName(target, page) })),
        ]}
        onChange={(key) => {
          const found = options.find((target) => keyOf(target) === key);
          if (found !== undefined) onChange([...to, found]);
        }}
      />
    </div>
  );
}
