import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { BackupAnswer, RestoreAnswer, SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RequestError, shaped } from '../../kit/request.ts';
import { fullTime } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { api, asPerson } from '../session.ts';
import { text } from '../text.ts';
import { base64Of, bytesOf, saveFile } from './save-file.ts';

const isBackup = shaped<BackupAnswer>({ name: 'string', base64: 'string', leftOut: 'array' });
const isRestored = shaped<RestoreAnswer>({ gateway: 'string', madeAt: 'string', notAssigned: 'number' });
/** As the gateway wants it. */
const MIN_PASSPHRASE = 10;

/** Everything that another box needs to become this gateway, in one sealed file; and back again. */
export function BackupPage({ page }: { page: SitePage }) {
  return (
    <div class="sheet">
      <h1 class="page-title">{text('backup.title')}</h1>
      <MakeBackup />
      <Restore timeZone={page.site.timeZone} />
    </div>
  );
}

function MakeBackup() {
  const passphrase = useSignal('');
  const again = useSignal('');
  const busy = useSignal(false);
  const leftOut = useSignal<readonly string[]>([]);
  const isShort = passphrase.value !== '' && passphrase.value.length < MIN_PASSPHRASE;
  const isOther = again.value !== '' && again.value !== passphrase.value;
  const isReady = passphrase.value.length >= MIN_PASSPHRASE && again.value === passphrase.value;
  const take = () =>
    asPerson(
      text('backup.take'),
      async () => {
        busy.value = true;
        try {
          const answer = await api.send('api/backup', { passphrase: passphrase.value });
          if (!isBackup(answer)) throw new RequestError(200, 'unexpected', text('site.failed'));
          return answer;
        } finally {
          busy.value = false;
        }
      },
      ({ name, base64, leftOut: byHand }) => {
        saveFile(new Blob([bytesOf(base64)]), name);
        passphrase.value = '';
        again.value = '';
        leftOut.value = byHand;
        say(text('backup.taken', { name }), 'good');
      },
    );
  return (
    <section class="card upkeep" aria-labelledby="take-title">
      <h2 class="section-title" id="take-title">
        {text('backup.take')}
      </h2>
      <p class="soft">{text('backup.text')}</p>
      <TextField
        label={text('backup.passphrase')}
        type="password"
        autoComplete="new-password"
        value={passphrase.value}
        hint={text('backup.passphrase-hint')}
        error={isShort ? text('backup.too-short', { count: MIN_PASSPHRASE }) : undefined}
        onInput={(value) => {
          passphrase.value = value;
        }}
      />
      <TextField
        label={text('backup.again')}
        type="password"
        autoComplete="new-password"
        value={again.value}
        error={isOther ? text('backup.differs') : undefined}
        onInput={(value) => {
          again.value = value;
        }}
      />
      {leftOut.value.length === 0 ? null : (
        <p class="readiness readiness-not">{text('backup.left-out', { files: leftOut.value.join(', ') })}</p>
      )}
      <Button look="primary" icon="gateway" busy={busy.value} disabled={!isReady} onClick={take}>
        {text('backup.take')}
      </Button>
    </section>
  );
}

function Restore({ timeZone }: { timeZone: string }) {
  const file = useSignal<File | undefined>(undefined);
  const passphrase = useSignal('');
  const busy = useSignal(false);
  const done = useSignal<RestoreAnswer | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const id = useId();
  const restore = () => {
    const chosen = file.value;
    if (chosen === undefined) return;
    problem.value = undefined;
    asPerson(
      text('restore.title'),
      async () => {
        busy.value = true;
        try {
          const answer = await api.send('api/restore', {
            passphrase: passphrase.value,
            base64: await base64Of(chosen),
          });
          if (!isRestored(answer)) throw new RequestError(200, 'unexpected', text('site.failed'));
          return answer;
        } finally {
          busy.value = false;
        }
      },
      (answer) => {
        done.value = answer;
        passphrase.value = '';
      },
      ({ code, message }) => {
        problem.value =
          code === 'wrong-passphrase'
            ? text('restore.wrong-passphrase')
            : code === 'foreign-version'
              ? text('restore.foreign-version')
              : code === 'not-a-backup'
                ? text('restore.not-a-backup')
                : message;
      },
    );
  };
  return (
    <section class="card upkeep" aria-labelledby="restore-title">
      <h2 class="section-title" id="restore-title">
        {text('restore.title')}
      </h2>
      {done.value === undefined ? (
        <>
          <p class="soft">{text('restore.text')}</p>
          <label class="file-choice" for={id}>
            <Icon name="note" size={24} />
            <span>{file.value?.name ?? text('restore.choose')}</span>
            <input
              id={id}
              class="visually-hidden"
              type="file"
              onChange={(change) => {
                file.value = change.currentTarget.files?.[0];
                problem.value = undefined;
              }}
            />
          </label>
          <TextField
            label={text('restore.passphrase')}
            type="password"
            autoComplete="off"
            value={passphrase.value}
            error={problem.value}
            onInput={(value) => {
              passphrase.value = value;
              problem.value = undefined;
            }}
          />
          <Button
            look="danger"
            icon="reopen"
            busy={busy.value}
            disabled={file.value === undefined || passphrase.value === ''}
            onClick={restore}
          >
            {text('restore.do')}
          </Button>
        </>
      ) : (
        <div role="status" class="restored">
          <p class="restored-title">
            <Icon name="check" size={26} /> {text('restore.done')}
          </p>
          <p>
            {text('restore.from', {
              gateway: done.value.gateway,
              time: fullTime(Date.parse(done.value.madeAt), timeZone),
            })}
          </p>
          {done.value.notAssigned === 0 ? null : (
            <p>{text('restore.not-assigned', { count: done.value.notAssigned })}</p>
          )}
          <p class="readiness readiness-not">{text('restore.restart')}</p>
        </div>
      )}
    </section>
  );
}
