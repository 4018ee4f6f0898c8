import { useSignal } from '@preact/signals';
import type { DiscoveredList as List } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Dialog, DialogActions } from '../../kit/dialog.tsx';
import { Select, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { deskZone } from '../live/desk-state.ts';
import { text } from '../text.ts';
import { discovered, loadDiscovered, mayDecide, take } from './registry-data.ts';

type Discovered = List['items'][number];

const kinds: readonly Discovered['seems'][] = [
  'host',
  'camera',
  'network',
  'gateway',
  'sensor',
  'vehicle',
  'door',
  'lock',
  'reader',
  'motion-sensor',
  'fridge',
  'cabinet',
  'siren',
  'alarm-panel',
  'shop',
  'payment-service',
];

/** What was heard and is in no registry. */
export function DiscoveredList() {
  const chosen = useSignal<Discovered | undefined>(undefined);
  const held = discovered.value;
  if (held.state === 'loading') return <Skeleton lines={[56, 56, 56, 56]} />;
  if (held.state === 'failed')
    return <ErrorState message={held.message} onRetry={() => void loadDiscovered()} />;
  const { items, leftOut } = held.value;
  return (
    <>
      {items.length === 0 ? (
        <EmptyState icon="check" title={text('discovered.nothing')}>
          {text('discovered.nothing-text')}
        </EmptyState>
      ) : (
        <Card flush>
          <ul class="registry-rows">
            {items.map((one) => (
              <li class="registry-row" key={one.id}>
                <Icon name={one.seems} size={18} />
                <div class="registry-main">
                  <span class="registry-name">{one.name}</span>
                  <span class="registry-about">
                    {text('discovered.seems', { kind: text(`kind.${one.seems}`), site: one.site })}
                    {one.ports.length === 0
                      ? null
                      : ` · ${text('discovered.ports', { ports: one.ports.join(', ') })}`}
                  </span>
                </div>
                <span class="registry-about">
                  {text('discovered.heard', { count: one.count, source: one.source })} ·{' '}
                  <RelativeTime at={one.lastAt} timeZone={deskZone.value} />
                </span>
                {mayDecide() ? (
                  <span class="registry-do">
                    <Button
                      size="small"
                      look="quiet"
                      label={`${text('discovered.ignore')}: ${one.name}`}
                      onClick={() => void take(one.id)}
                    >
                      {text('discovered.ignore')}
                    </Button>
                    <Button
                      size="small"
                      icon="plus"
                      label={`${text('discovered.take')}: ${one.name}`}
                      onClick={() => {
                        chosen.value = one;
                      }}
                    >
                      {text('discovered.take')}
                    </Button>
                  </span>
                ) : null}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {leftOut === 0 ? null : <p class="faint">{text('discovered.left-out', { count: leftOut })}</p>}
      {chosen.value === undefined ? null : (
        <TakeDialog
          one={chosen.value}
          onClose={() => {
            chosen.value = undefined;
          }}
        />
      )}
    </>
  );
}

function TakeDialog({ one, onClose }: { one: Discovered; onClose: () => void }) {
  const id = useSignal(one.suggestedId);
  const name = useSignal(one.name);
  const kind = useSignal(one.seems);
  const busy = useSignal(false);
  const submit = async (submitted: Event) => {
    submitted.preventDefault();
    busy.value = true;
    if (await take(one.id, { id: id.value.trim(), name: name.value.trim(), kind: kind.value })) onClose();
    busy.value = false;
  };
  return (
    <Dialog title={text('discovered.take-title', { name: one.name })} onClose={onClose}>
      <form class="registry-form" onSubmit={(submitted) => void submit(submitted)}>
        <TextField
          label={text('discovered.name')}
          value={name.value}
          required
          autoFocus
          onInput={(value) => {
            name.value = value;
          }}
        />
        <TextField
          label={text('discovered.id')}
          hint={text('discovered.id-hint')}
          value={id.value}
          required
          onInput={(value) => {
            id.value = value;
          }}
        />
        <Select
          label={text('discovered.kind')}
          value={kind.value}
          options={kinds.map((value) => ({ value, label: text(`kind.${value}`) }))}
          onChange={(value) => {
            kind.value = value;
          }}
        />
        <DialogActions onCancel={onClose}>
          <Button look="primary" type="submit" busy={busy.value}>
            {text('discovered.take')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
