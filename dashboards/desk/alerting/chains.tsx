import { useSignal } from '@preact/signals';
import type { AlertChain, AlertingPage, AlertTarget } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { kitText } from '../../kit/text.ts';
import { duration } from '../../kit/time.ts';
import { ChainEditor } from './chain-editor.tsx';
import { words } from './words.ts';

interface Props {
  page: AlertingPage;
  onChanged: (page: AlertingPage) => void;
}

const newChain: AlertChain = {
  id: '',
  title: '',
  sites: [],
  from: 'high',
  steps: [
    { afterMs: 0, to: [{ kind: 'on-duty' }] },
    { afterMs: 5 * 60_000, to: [{ kind: 'role', role: 'supervisor' }] },
  ],
  repeats: 0,
};

/** A target in words. */
export function targetName(target: AlertTarget, { webhooks }: Pick<AlertingPage, 'webhooks'>): string {
  switch (target.kind) {
    case 'on-duty':
      return words('to.on-duty');
    case 'role':
      return words('to.role', { role: words(`role.${target.role}`) });
    case 'person':
      return words('to.person', { name: target.account });
    case 'webhook':
      return words('to.webhook', {
        name: webhooks.find(({ name }) => name === target.name)?.title ?? target.name,
      });
  }
}

/** Who is called at once, and who when nobody takes it. */
export function Chains({ page, onChanged }: Props) {
  const edited = useSignal<AlertChain | undefined>(undefined);
  return (
    <div class="alerting-chains">
      {page.isDefaultChain ? <p class="soft">{words('chain.default')}</p> : null}
      {page.chains.map((chain) => (
        <Chain
          key={chain.id}
          chain={chain}
          page={page}
          onEdit={() => {
            edited.value = chain;
          }}
        />
      ))}
      {page.mayArrange ? (
        <Button
          icon="plus"
          onClick={() => {
            edited.value = newChain;
          }}
        >
          {words('chain.add')}
        </Button>
      ) : null}
      {edited.value === undefined ? null : (
        <ChainEditor
          page={page}
          chain={edited.value}
          onChanged={onChanged}
          onClose={() => {
            edited.value = undefined;
          }}
        />
      )}
    </div>
  );
}

function Chain({ chain, page, onEdit }: { chain: AlertChain; page: AlertingPage; onEdit: () => void }) {
  const sites = chain.sites.map((id) => page.sites.find((site) => site.id === id)?.name ?? id);
  return (
    <Card
      title={chain.title}
      labelledBy={`chain-${chain.id}`}
      aside={
        page.mayArrange ? (
          <Button
            size="small"
            look="quiet"
            label={words('chain.edit-named', { title: chain.title })}
            onClick={onEdit}
          >
            {words('chain.edit')}
          </Button>
        ) : undefined
      }
    >
      <p class="alerting-when">
        <Chip icon="site">{sites.length === 0 ? words('chain.everywhere') : sites.join(', ')}</Chip>
        <Chip tone={chain.from}>
          {words('chain.from', { severity: kitText(`kit.severity.${chain.from}`) })}
        </Chip>
      </p>
      <ol class="alerting-steps">
        {chain.steps.map(({ afterMs, to }) => (
          <li key={afterMs}>
            <span class="alerting-step-time">
              {afterMs === 0 ? words('chain.at-once') : words('chain.after', { duration: duration(afterMs) })}
            </span>
            <span>{to.map((target) => targetName(target, page)).join(', ')}</span>
          </li>
        ))}
        {chain.repeats === 0 ? null : (
          <li>
            <span class="alerting-step-time" />
            <span class="soft">{words('chain.repeats', { count: chain.repeats })}</span>
          </li>
        )}
      </ol>
    </Card>
  );
}
