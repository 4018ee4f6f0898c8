import { useEffect, useRef } from 'preact/hooks';
import type { PlaybookDocument, PlaybookProblemRow, PlaybookStep } from '../../../../cloud/api/contract.ts';
import type { IconName } from '../../../kit/icons.tsx';
import { Icon } from '../../../kit/icons.tsx';
import { words } from '../words.ts';
import { neighbour, type PlacedEdge, place } from './layout.ts';

const commandIcons: Record<string, IconName> = {
  manual: 'person',
  'gatehouse-gateway': 'lock',
  'gatehouse-notice': 'bell',
  'gatehouse-mail': 'note',
  'http-api': 'link',
};
const stepIcons: Partial<Record<PlaybookStep['type'], IconName>> = {
  parallel: 'split',
  'if-condition': 'filter',
  'while-condition': 'reopen',
  'switch-condition': 'split',
  'playbook-action': 'play',
};

const commandKinds = [
  'manual',
  'gatehouse-gateway',
  'gatehouse-notice',
  'gatehouse-mail',
  'http-api',
] as const;

/** What kind of step it is, in words. */
export function kindWords({ type, commands }: PlaybookStep): string {
  const command = commandKinds.find((kind) => kind === commands?.[0]?.type);
  return type === 'action'
    ? words(command === undefined ? 'edit.kind-action' : `edit.kind-${command}`)
    : words(`edit.kind-${type}`);
}

const iconOf = ({ type, commands }: PlaybookStep): IconName =>
  type === 'action' ? (commandIcons[commands?.[0]?.type ?? ''] ?? 'cyber') : (stepIcons[type] ?? 'play');

/** The workflow, drawn; one step is chosen, and the arrow keys go on from it. */
export function WorkflowGraph(props: {
  playbook: PlaybookDocument;
  problems: readonly PlaybookProblemRow[];
  chosen: string | undefined;
  onChoose: (step: string) => void;
}) {
  const { playbook, problems, chosen, onChoose } = props;
  const placed = place(playbook);
  const box = useRef<HTMLElement>(null);
  const wanted = useRef(false);
  useEffect(() => {
    // What was chosen from afar (a new step, a problem) is brought into sight.
    box.current
      ?.querySelector('[aria-pressed="true"]')
      ?.scrollIntoView({ block: 'nearest', inline: 'center' });
    if (!wanted.current) return;
    wanted.current = false;
    box.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  }, [chosen]);
  const entry =
    chosen !== undefined && playbook.workflow[chosen] !== undefined ? chosen : playbook.workflow_start;
  return (
    <section
      ref={box}
      class="flow"
      aria-label={words('edit.graph')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard.
      tabIndex={0}
      onKeyDown={(press) => {
        if (!press.key.startsWith('Arrow') || press.target === press.currentTarget) return;
        const to = neighbour(placed, entry, press.key);
        press.preventDefault();
        if (to === undefined) return;
        wanted.current = true;
        onChoose(to);
      }}
    >
      <div class="flow-area" style={{ width: `${placed.width}px`, height: `${placed.height}px` }}>
        <svg class="flow-lines" width={placed.width} height={placed.height} aria-hidden="true">
          <title>{words('edit.graph')}</title>
          <defs>
            <marker
              id="flow-tip"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0 0 8 4 0 8z" />
            </marker>
          </defs>
          {placed.edges.map((edge) => (
            <Line key={`${edge.from} ${edge.by}`} edge={edge} />
          ))}
        </svg>
        {placed.steps.map(({ id, step, x, y, width, height }) => {
          const wrong = problems.filter((problem) => problem.step === id);
          return (
            <button
              key={id}
              type="button"
              class={`flow-step flow-${step.type}${wrong.length === 0 ? '' : ' flow-wrong'}`}
              style={{
                left: `${x - width / 2}px`,
                top: `${y - height / 2}px`,
                width: `${width}px`,
                height: `${height}px`,
              }}
              aria-pressed={id === chosen}
              tabIndex={id === entry ? 0 : -1}
              onClick={() => onChoose(id)}
            >
              <Icon name={wrong.length > 0 ? 'warning' : iconOf(step)} size={16} />
              <span class="flow-words">
                <span class="flow-name">{step.name ?? kindWords(step)}</span>
                {step.type === 'start' || step.type === 'end' ? null : (
                  <span class="flow-kind">{wrong[0]?.message ?? kindWords(step)}</span>
                )}
              </span>
            </button>
          );
        })}
      </div>
    </section>
  );
}

function Line({ edge: { points, by } }: { edge: PlacedEdge }) {
  const [first, ...rest] = points;
  if (first === undefined) return null;
  const path = `M${first.x} ${first.y} ${rest.map(({ x, y }) => `L${x} ${y}`).join(' ')}`;
  const middle = points[Math.floor(points.length / 2)] ?? first;
  const label =
    by === 'on_failure' || by === 'on_true' || by === 'on_false'
      ? words(`edit.edge-${by}`)
      : by.startsWith('cases.')
        ? by.slice('cases.'.length)
        : undefined;
  return (
    <>
      <path
        class={`flow-line${by === 'on_failure' ? ' flow-line-failure' : ''}`}
        d={path}
        marker-end="url(#flow-tip)"
      />
      {label === undefined ? null : (
        <text class="flow-label" x={middle.x + 5} y={middle.y - 2}>
          {label}
        </text>
      )}
    </>
  );
}
