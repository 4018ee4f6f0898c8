import { useSignal } from '@preact/signals';
import type { CameraProof } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Switch, TextField } from '../../kit/field.tsx';
import { text } from '../text.ts';
import type { Chosen } from './add-camera-find.tsx';
import { type CameraAccess, portIn, proveCamera } from './camera-adding.ts';
import type { Proved } from './proved-camera.ts';

const notProved = {
  refused: 'camera-add.not.refused',
  unreachable: 'camera-add.not.unreachable',
  'other-certificate': 'camera-add.not.other-certificate',
} as const;

/** Name and password, tried with a call that needs them: connecting alone would let a wrong one pass. */
export function SignInAtCamera(props: {
  chosen: Chosen;
  busy: boolean;
  work: (asked: () => Promise<CameraProof>, done: (proof: CameraProof) => void) => void;
  onProblem: (words: string) => void;
  onProved: (access: CameraAccess, proof: Proved) => void;
}) {
  const { chosen, busy, work, onProblem, onProved } = props;
  const isFound = chosen.host !== '';
  const host = useSignal(chosen.host);
  const port = useSignal(chosen.port === undefined ? '' : String(chosen.port));
  const secure = useSignal(chosen.secure);
  const username = useSignal('');
  const password = useSignal('');
  const isTried = useSignal(false);
  const given = portIn(port.value);
  const missing = (value: string) =>
    isTried.value && value.trim() === '' ? text('camera-add.wanted') : undefined;
  const prove = () => {
    isTried.value = true;
    if (given === 'wrong' || [host, username, password].some(({ value }) => value.trim() === '')) return;
    const access: CameraAccess = {
      host: host.value.trim(),
      ...(given === undefined ? {} : { port: given }),
      secure: secure.value,
      username: username.value.trim(),
      password: password.value,
    };
    work(
      () => proveCamera(access),
      (proof) => {
        if (proof.proved) onProved(access, proof);
        else onProblem(text(notProved[proof.why]));
      },
    );
  };
  return (
    <form
      class="camera-add-form"
      noValidate
      onSubmit={(submit) => {
        submit.preventDefault();
        prove();
      }}
    >
      {chosen.name === undefined ? null : (
        <p>
          <strong>{chosen.name}</strong>
        </p>
      )}
      <div class="camera-add-address">
        <TextField
          label={text('camera-add.host')}
          required
          value={host.value}
          error={missing(host.value)}
          onInput={(value) => {
            host.value = value;
          }}
        />
        <TextField
          label={text('camera-add.port')}
          inputMode="numeric"
          value={port.value}
          error={given === 'wrong' ? text('camera-add.port-wrong') : undefined}
          onInput={(value) => {
            port.value = value;
          }}
        />
      </div>
      <Switch
        label={text('camera-add.secure')}
        on={secure.value}
        onChange={(on) => {
          secure.value = on;
          // The found one is that of the other way.
          if (isFound && port.value === String(chosen.port)) port.value = '';
        }}
      />
      <TextField
        label={text('camera-add.username')}
        required
        autoComplete="off"
        value={username.value}
        error={missing(username.value)}
        onInput={(value) => {
          username.value = value;
        }}
      />
      <TextField
        label={text('camera-add.password')}
        required
        type="password"
        autoComplete="off"
        hint={text('camera-add.password-hint')}
        value={password.value}
        error={missing(password.value)}
        onInput={(value) => {
          password.value = value;
        }}
      />
      <div class="camera-add-actions">
        <Button look="primary" type="submit" icon="check" busy={busy}>
          {text('camera-add.prove')}
        </Button>
      </div>
    </form>
  );
}
