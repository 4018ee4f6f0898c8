import './gateways.css';
import { useSignal } from '@preact/signals';
import type { GatewayList, GatewayRow } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { ConfirmDialog } from '../people/confirm.tsx';
import { EnrolDialog } from './enrol-dialog.tsx';
import { Gateway } from './gateway.tsx';
import { fetchGateways } from './requests.ts';
import { RevokeDialog } from './revoke-dialog.tsx';
import { SignDialog } from './sign-dialog.tsx';
import { words } from './words.ts';

type Doing =
  | { what: 'enrol'; gateway: GatewayRow | undefined }
  | { what: 'revoke' | 'sign'; gateway: GatewayRow };

/** Gateways: who has joined, how each stands, what is signed for it; enrol, revoke. */
export function GatewaysPage() {
  const [list, ask] = useAskedAgain(fetchGateways);
  const doing = useSignal<Doing | undefined>(undefined);
  const held = list.value;
  const close = () => {
    doing.value = undefined;
  };
  const changed = (value: GatewayList) => {
    list.value = { state: 'there', value };
    close();
  };
  const begin = (next: Doing) => {
    doing.value = next;
  };
  const now = doing.value;
  return (
    <div class="gateways">
      <header class="page-header">
        <h1>{words('title')}</h1>
        <p class="soft">{words('about')}</p>
      </header>
      {held.state === 'loading' ? (
        <Skeleton lines={[96, 96, 96]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={ask} />
      ) : (
        <>
          <div class="gateways-head">
            <p class="soft">
              {held.value.fingerprint === undefined
                ? words('no-authority')
                : words('fingerprint', { value: grouped(held.value.fingerprint) })}
            </p>
            {held.value.may.enrol ? (
              <Button look="primary" icon="plus" onClick={() => begin({ what: 'enrol', gateway: undefined })}>
                {words('enrol.open')}
              </Button>
            ) : null}
          </div>
          {held.value.items.length === 0 ? (
            <EmptyState icon="gateway" title={words('empty')}>
              {words('empty-text')}
            </EmptyState>
          ) : (
            <Card flush>
              <ul class="gateways-rows">
                {held.value.items.map((row) => (
                  <Gateway
                    key={row.id}
                    row={row}
                    may={held.value.may}
                    onEnrol={() => begin({ what: 'enrol', gateway: row })}
                    onRevoke={() => begin({ what: 'revoke', gateway: row })}
                    onSign={() => begin({ what: 'sign', gateway: row })}
                    onChanged={changed}
                  />
                ))}
              </ul>
            </Card>
          )}
          {now?.what === 'enrol' ? (
            <EnrolDialog
              gateway={now.gateway}
              sites={held.value.sites}
              onClose={() => {
                close();
                ask();
              }}
            />
          ) : null}
          {now?.what === 'revoke' ? (
            <RevokeDialog gateway={now.gateway} onClose={close} onChanged={changed} />
          ) : null}
          {now?.what === 'sign' ? (
            <SignDialog gateway={now.gateway} onClose={close} onChanged={changed} />
          ) : null}
        </>
      )}
      <ConfirmDialog />
    </div>
  );
}

const grouped = (hex: string): string => hex.replaceAll(/(.{4})(?=.)/g, '$1 ');
