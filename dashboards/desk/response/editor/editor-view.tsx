import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type {
  PlaybookDocument,
  PlaybookLibrary,
  PlaybookPage,
  PlaybookProblemRow,
} from '../../../../cloud/api/contract.ts';
import { Button } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { Chip } from '../../../kit/chip.tsx';
import { Dialog, DialogActions } from '../../../kit/dialog.tsx';
import { Select, TextArea, TextField } from '../../../kit/field.tsx';
import { Icon } from '../../../kit/icons.tsx';
import { address, go } from '../../../kit/route.ts';
import { ErrorState, Skeleton } from '../../../kit/states.tsx';
import { say } from '../../../kit/toast.tsx';
import { done } from '../../done.ts';
import { type Loaded, load } from '../../loaded.ts';
import {
  checkPlaybook,
  exportAddress,
  fetchLibrary,
  fetchPlaybook,
  keepPlaybook,
  mayEdit,
  removePlaybook,
} from '../requests.ts';
import { words } from '../words.ts';
import { changed, type History, historyOf, redone, undone } from './draft.ts';
import { WorkflowGraph } from './graph.tsx';
import { StepForm } from './step-form.tsx';

/** What is typed is looked at so long after the last key. */
const CHECK_AFTER_MS = 250;

/** A playbook: drawn, its steps in forms, what is wrong at the step, everything to be undone until it is kept. */
export function EditorView({ id }: { id: string }) {
  const held = useSignal<Loaded<PlaybookPage>>({ state: 'loading' });
  const library = useSignal<Loaded<PlaybookLibrary>>({ state: 'loading' });
  const ask = (version?: number) => load(held, () => fetchPlaybook(id, version));
  useEffect(() => {
    void ask();
    void load(library, fetchLibrary);
  }, [id]);
  const { value } = held;
  return (
    <article class="response">
      <a class="incident-back" href={address('response')}>
        <Icon name="arrow-left" size={15} /> {words('page.back')}
      </a>
      {value.state === 'loading' ? (
        <Skeleton lines={[60, 420]} />
      ) : value.state === 'failed' ? (
        <ErrorState message={value.message} onRetry={() => void ask()} />
      ) : (
        <Editor
          key={`${value.value.row.version} ${value.value.playbook.modified}`}
          page={value.value}
          library={library.value.state === 'there' ? library.value.value : undefined}
          onVersion={(version) => {
            held.value = { state: 'loading' };
            void ask(version);
          }}
        />
      )}
    </article>
  );
}

function Editor(props: {
  page: PlaybookPage;
  library: PlaybookLibrary | undefined;
  onVersion: (version: number | undefined) => void;
}) {
  const { page, library } = props;
  const draft = useSignal<History<PlaybookDocument>>(historyOf(page.playbook));
  const chosen = useSignal<string>(page.playbook.workflow_start);
  const problems = useSignal<PlaybookProblemRow[]>(page.problems);
  const isRemoving = useSignal(false);
  const isBusy = useSignal(false);
  const { present, past, future } = draft.value;
  const newest = page.versions[0]?.version ?? page.row.version;
  const isReadOnly = !mayEdit();
  useEffect(() => {
    if (past.length === 0 && future.length === 0) {
      problems.value = page.problems;
      return undefined;
    }
    const timer = setTimeout(() => {
      checkPlaybook(present).then(
        (told) => {
          if (draft.value.present === present) problems.value = told.problems;
        },
        () => undefined,
      );
    }, CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [present]);
  useEffect(() => {
    const pressed = (press: KeyboardEvent) => {
      if (!(press.ctrlKey || press.metaKey) || press.key.toLowerCase() !== 'z') return;
      press.preventDefault();
      draft.value = press.shiftKey ? redone(draft.value) : undone(draft.value);
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
  const change = (next: PlaybookDocument, choose?: string) => {
    draft.value = changed(draft.value, next);
    if (choose !== undefined) chosen.value = choose;
  };
  const keep = async () => {
    isBusy.value = true;
    await done(
      keepPlaybook(present, newest).then(({ version }) => {
        say(words('edit.kept', { version }), 'good');
        props.onVersion(undefined);
      }),
    );
    isBusy.value = false;
  };
  const whole = problems.value.filter(({ step }) => step === undefined);
  return (
    <div class="editor">
      <header class="run-header">
        <div class="run-title">
          <h1>{present.name}</h1>
          <p class="soft">{isReadOnly ? words('edit.read-only') : present.description}</p>
        </div>
        <div class="editor-bar">
          <Chip
            tone={problems.value.length === 0 ? 'good' : 'high'}
            icon={problems.value.length === 0 ? 'check' : 'warning'}
          >
            {problems.value.length === 0
              ? words('edit.fine')
              : words('edit.problems', { count: problems.value.length })}
          </Chip>
          {past.length === 0 ? null : <Chip tone="accent">{words('edit.unsaved')}</Chip>}
          <Select
            bare
            label={words('edit.versions')}
            value={String(page.row.version)}
            options={page.versions.map(({ version, by }) => ({
              value: String(version),
              label:
                version === 0
                  ? words('edit.version-house')
                  : words('edit.version-of', { version, name: by ?? '' }),
            }))}
            onChange={(version) => props.onVersion(Number(version))}
          />
          <a class="button button-quiet" href={exportAddress(page.row.id)} download>
            <Icon name="note" /> <span class="button-text">{words('run.export')}</span>
          </a>
          {isReadOnly ? null : (
            <>
              <Button
                icon="arrow-left"
                keyHint="Ctrl Z"
                disabled={past.length === 0}
                onClick={() => {
                  draft.value = undone(draft.value);
                }}
              >
                {words('edit.undo')}
              </Button>
              <Button
                disabled={future.length === 0}
                onClick={() => {
                  draft.value = redone(draft.value);
                }}
              >
                {words('edit.redo')}
              </Button>
              <Button
                look="danger"
                onClick={() => {
                  isRemoving.value = true;
                }}
              >
                {words('edit.remove')}
              </Button>
              <Button
                look="primary"
                icon="check"
                busy={isBusy.value}
                disabled={problems.value.length > 0 || (past.length === 0 && page.row.version === newest)}
                onClick={() => void keep()}
              >
                {words('edit.save')}
              </Button>
            </>
          )}
        </div>
      </header>
      {whole.map(({ path, message }) => (
        <p key={path + message} class="field-error" role="alert">
          <Icon name="warning" size={14} /> {path} {message}
        </p>
      ))}
      <div class="editor-columns">
        <WorkflowGraph
          playbook={present}
          problems={problems.value}
          chosen={chosen.value}
          onChoose={(step) => {
            chosen.value = step;
          }}
        />
        <div class="editor-side">
          <Card title={words('edit.step')} labelledBy="edit-step">
            <StepForm
              key={chosen.value}
              playbook={present}
              library={library}
              problems={problems.value}
              id={chosen.value}
              isReadOnly={isReadOnly}
              onChange={change}
            />
          </Card>
          <Card labelledBy="edit-whole" title={words('edit.about')}>
            <fieldset class="run-step-form" disabled={isReadOnly}>
              <TextField
                label={words('edit.name')}
                value={present.name}
                required
                onInput={(name) => change({ ...present, name })}
              />
              <TextArea
                label={words('edit.about')}
                value={present.description ?? ''}
                onInput={(description) => change({ ...present, description })}
              />
              <Variables playbook={present} onChange={change} />
            </fieldset>
          </Card>
        </div>
      </div>
      {isRemoving.value ? (
        <Dialog
          title={words('edit.remove')}
          onClose={() => {
            isRemoving.value = false;
          }}
        >
          <p class="soft">{words('edit.remove-why')}</p>
          <DialogActions
            onCancel={() => {
              isRemoving.value = false;
            }}
          >
            <Button
              look="danger"
              onClick={() =>
                void done(
                  removePlaybook(page.row.id).then(() => {
                    say(words('edit.removed', { name: present.name }), 'good');
                    go('response');
                  }),
                )
              }
            >
              {words('edit.remove')}
            </Button>
          </DialogActions>
        </Dialog>
      ) : null}
    </div>
  );
}

/** What people are asked, and what the incident must say: each with its words. */
function Variables(props: { playbook: PlaybookDocument; onChange: (playbook: PlaybookDocument) => void }) {
  const { playbook, onChange } = props;
  const variables = Object.entries(playbook.playbook_variables ?? {});
  if (variables.length === 0) return null;
  return (
    <details class="evidence">
      <summary>
        <Icon name="chevron-right" size={13} />
        {words('edit.variables')}
      </summary>
      {variables.map(([name, variable]) => (
        <TextField
          key={name}
          label={name}
          value={variable.description ?? ''}
          onInput={(description) =>
            onChange({
              ...playbook,
              playbook_variables: { ...playbook.playbook_variables, [name]: { ...variable, description } },
            })
          }
        />
      ))}
    </details>
  );
}
