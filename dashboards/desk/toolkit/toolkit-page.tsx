import '../monitors/monitors.css';
import './toolkit.css';
import { useSignal } from '@preact/signals';
import type { ToolkitList, ToolState } from '../../../cloud/api/contract.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { toolNews } from '../live/desk-state.ts';
import { AuditTrail } from '../monitors/audit-trail.tsx';
import { Integrity } from '../monitors/integrity.tsx';
import { Policies } from '../monitors/policies.tsx';
import { isToolOn } from '../session.ts';
import { fetchToolkit } from './requests.ts';
import { SwitchDialog } from './switch-dialog.tsx';
import { ToolCard } from './tool-card.tsx';
import { words } from './words.ts';

const groups = ['monitors', 'people'] as const;

/** The 19 tools: how each is, what it found and when it was used; and what three of the monitors ask people for. */
export function ToolkitPage() {
  const [list, ask] = useAskedAgain(fetchToolkit, toolNews);
  const asked = useSignal<ToolState | undefined>(undefined);
  const held = list.value;
  return (
    <div class="toolkit">
      <header class="page-header">
        <h1>{words('page')}</h1>
        <p class="soft">{words('about')}</p>
      </header>
      {held.state === 'loading' ? (
        <Skeleton lines={[40, 170, 170, 170]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={ask} />
      ) : (
        <>
          {groups.map((group) => (
            <Group
              key={group}
              group={group}
              tools={held.value.items.filter((one) => one.group === group)}
              onSwitch={(tool) => {
                asked.value = tool;
              }}
            />
          ))}
          <div class="monitor-details">
            {isToolOn('application-integrity') ? <Integrity /> : null}
            {isToolOn('policy') ? <Policies /> : null}
            <AuditTrail />
          </div>
        </>
      )}
      {asked.value === undefined ? null : (
        <SwitchDialog
          tool={asked.value}
          onSwitched={(value: ToolkitList) => {
            list.value = { state: 'there', value };
          }}
          onClose={() => {
            asked.value = undefined;
          }}
        />
      )}
    </div>
  );
}

function Group(props: {
  group: (typeof groups)[number];
  tools: readonly ToolState[];
  onSwitch: (tool: ToolState) => void;
}) {
  const { group, tools, onSwitch } = props;
  const on = tools.filter(({ standing }) => standing === 'on').length;
  return (
    <section class="tool-group" aria-labelledby={`tools-${group}`}>
      <header>
        <h2 id={`tools-${group}`}>{words(`group.${group}`)}</h2>
        <p class="soft">{words(`group.${group}.about`)}</p>
        <p class="tool-count">{words('summary', { on, all: tools.length })}</p>
      </header>
      <ul class="tool-grid">
        {tools.map((tool) => (
          <ToolCard key={tool.id} tool={tool} onSwitch={() => onSwitch(tool)} />
        ))}
      </ul>
    </section>
  );
}
