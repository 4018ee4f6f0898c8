import { useSignal } from '@preact/signals';
import type { GatewayList, GatewayRow, NewGatewayCode } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { fullTime } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { deskZone } from '../live/desk-state.ts';
import { trying } from '../people/confirm.tsx';
import { makeCode } from './requests.ts';
import { words } from './words.ts';

const HOUR_MS = 3_600_000;
/** Light modules around a square, which cameras need (ISO/IEC 18004 section 9.1). */
const QUIET = 4;

/** Makes a code and shows it, once. */
export function EnrolDialog(props: {
  gateway: GatewayRow | undefined;
  sites: GatewayList['sites'];
  onClose: () => void;
}) {
  const id = useSignal(props.gateway?.id ?? '');
  const site = useSignal(props.gateway?.site ?? props.sites[0]?.id ?? '');
  const lasts = useSignal<'hour' | 'day'>('hour');
  const made = useSignal<NewGatewayCode | undefined>(undefined);
  const busy = useSignal(false);
  const code = made.value;
  if (code !== undefined)
    return (
      <Dialog title={words('enrol.code-title', { name: id.value })} onClose={props.onClose}>
        <div class="gateways-code">
          <Square of={code.square} />
          <p>{words('enrol.once', { time: fullTime(code.expiresAt, deskZone.value) })}</p>
          <code class="gateways-command">gatehouse enrol {code.text} --config gateway.yaml</code>
        </div>
        <footer class="dialog-actions">
          <Button
            onClick={() =>
              void navigator.clipboard
                ?.writeText(code.text)
                .then(() => say(words('enrol.copied')))
                .catch(() => undefined)
            }
          >
            {words('enrol.copy')}
          </Button>
          <Button look="primary" onClick={props.onClose}>
            {words('enrol.done')}
          </Button>
        </footer>
      </Dialog>
    );
  const make = async () => {
    if (busy.value) return;
    busy.value = true;
    await trying(async () => {
      const lifetimeMs = lasts.value === 'hour' ? HOUR_MS : 24 * HOUR_MS;
      made.value = await makeCode(id.value.trim(), site.value, lifetimeMs);
    });
    busy.value = false;
  };
  return (
    <Dialog title={words('enrol.open')} onClose={props.onClose}>
      <form
        class="gateways-form"
        onSubmit={(submit) => {
          submit.preventDefault();
          void make();
        }}
      >
        <TextField
          label={words('enrol.id')}
          hint={words('enrol.id-hint')}
          value={id.value}
          autoFocus
          required
          onInput={(value) => {
            id.value = value;
          }}
        />
        <Select
          label={words('enrol.site')}
          value={site.value}
          options={props.sites.map((one) => ({ value: one.id, label: one.name }))}
          onChange={(value) => {
            site.value = value;
          }}
        />
        <Select
          label={words('enrol.lasts')}
          value={lasts.value}
          options={[
            { value: 'hour', label: words('enrol.hour') },
            { value: 'day', label: words('enrol.day') },
          ]}
          onChange={(value) => {
            lasts.value = value;
          }}
        />
        <DialogActions onCancel={props.onClose}>
          <Button look="primary" type="submit" busy={busy.value} disabled={id.value.trim() === ''}>
            {words('enrol.make')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** Dark on light in both themes: cameras read nothing else for sure. */
function Square({ of: { size, modules } }: { of: NewGatewayCode['square'] }) {
  const dark = [...modules]
    .map((module, index) =>
      module === '1' ? `M${(index % size) + QUIET} ${Math.floor(index / size) + QUIET}h1v1h-1z` : '',
    )
    .join('');
  const side = size + 2 * QUIET;
  return (
    <svg
      class="gateways-square"
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={words('enrol.square')}
      shape-rendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={dark} fill="#000" />
    </svg>
  );
}
