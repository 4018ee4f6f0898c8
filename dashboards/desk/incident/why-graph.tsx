/** Why an incident is one, drawn: steps are nodes, links with their evidence are edges. Fetched with dagre when shown. */
import { graphlib, layout } from '@dagrejs/dagre';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { IncidentLink, IncidentPage } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { loadIncident } from '../live/desk-state.ts';
import { actOnIncident } from '../session.ts';
import { WordsDialog } from '../words-dialog.tsx';
import { mayAct } from './actions.ts';
import { strengthOf } from './lanes.ts';
import { numberRanges, splitsOf } from './splits.ts';
import { words } from './words.ts';

/** More would be a thicket: the strongest links among the first steps are drawn. */
const MAX_NODES = 60;
const MAX_EDGES = 120;
const NODE = { width: 150, height: 42 };

interface Drawn {
  width: number;
  height: number;
  nodes: { id: string; x: number; y: number; number: number; name: string; world: string }[];
  edges: { link: IncidentLink; path: string }[];
}

function drawn({ story, links }: IncidentPage): Drawn {
  const graph = new graphlib.Graph({ multigraph: false });
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 46, marginx: 6, marginy: 6 });
  graph.setDefaultEdgeLabel(() => ({}));
  const steps = story.slice(0, MAX_NODES);
  const at = new Map(steps.map(({ detection }, index) => [detection.id, index]));
  for (const { detection } of steps) graph.setNode(detection.id, { ...NODE });
  const shown = links
    .filter(({ a, b }) => at.has(a) && at.has(b) && a !== b)
    .toSorted((one, other) => other.weight - one.weight)
    .slice(0, MAX_EDGES);
  // From the earlier to the later, so that the picture reads as time does.
  const ends = (link: IncidentLink): [string, string] =>
    (at.get(link.a) ?? 0) <= (at.get(link.b) ?? 0) ? [link.a, link.b] : [link.b, link.a];
  for (const link of shown) graph.setEdge(...ends(link), { weight: Math.round(link.weight * 10) });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: steps.map(({ detection, world, assets, people }, index) => {
      const { x = 0, y = 0 } = graph.node(detection.id);
      const name = assets[0]?.name ?? people[0]?.name ?? detection.rule;
      return { id: detection.id, x, y, number: index + 1, name, world };
    }),
    edges: shown.map((link) => {
      const points = graph.edge(...ends(link))?.points ?? [];
      const path = points.map(
        ({ x, y }: { x: number; y: number }, index: number) =>
          `${index === 0 ? 'M' : 'L'}${Math.round(x)} ${Math.round(y)}`,
      );
      return { link, path: path.join('') };
    }),
  };
}

export function WhyGraph({ page }: { page: IncidentPage }) {
  const picture = useMemo(() => drawn(page), [page]);
  const chosen = useSignal<IncidentLink | undefined>(undefined);
  const isAsking = useSignal(false);
  const numbers = new Map(page.story.map(({ detection }, index) => [detection.id, index + 1]));
  const numberOf = (id: string) => numbers.get(id) ?? 0;
  const splits = useMemo(() => splitsOf([...numbers.keys()], page.links), [page]);
  const link = chosen.value;
  const split =
    link === undefined ? undefined : splits.find((one) => one.link.a === link.a && one.link.b === link.b);
  const smaller = split === undefined ? [] : split.one.length < split.other.length ? split.one : split.other;
  const left = page.story.length - picture.nodes.length;
  return (
    <div class="why-graph">
      <p class="faint">{words('graph-hint')}</p>
      <div class="why-frame">
        <svg width={picture.width} height={picture.height} role="presentation">
          {picture.edges.map(({ link: one, path }) => {
            const [a, b] = [numberOf(one.a), numberOf(one.b)].sort((x, y) => x - y);
            const label = words('edge', {
              a: a ?? 0,
              b: b ?? 0,
              because: one.evidence.map(({ because }) => because).join('; '),
            });
            const choose = () => {
              chosen.value = one;
            };
            return (
              // biome-ignore lint/a11y/useSemanticElements: SVG has no button.
              <g
                key={`${one.a} ${one.b}`}
                role="button"
                tabindex={0}
                aria-label={label}
                aria-pressed={link === one}
                class={`why-edge why-${strengthOf(one.weight)}${link === one ? ' why-chosen' : ''}`}
                onClick={choose}
                onKeyDown={(press) => {
                  if (press.key !== 'Enter' && press.key !== ' ') return;
                  press.preventDefault();
                  choose();
                }}
              >
                <path class="why-touch" d={path} />
                <path class="why-line" d={path} />
              </g>
            );
          })}
          {picture.nodes.map(({ id, x, y, number, name, world }) => (
            <g
              key={id}
              class={`why-node ink-${world}`}
              transform={`translate(${x - NODE.width / 2} ${y - NODE.height / 2})`}
            >
              <rect width={NODE.width} height={NODE.height} rx="8" />
              <text class="why-number" x="14" y="26">
                {number}
              </text>
              <text class="why-name" x="36" y="26">
                {name.length > 16 ? `${name.slice(0, 15)}…` : name}
              </text>
            </g>
          ))}
        </svg>
      </div>
      {left > 0 ? <p class="faint">{words('more', { count: left })}</p> : null}
      {link === undefined ? null : (
        <section class="why-evidence" aria-live="polite">
          <h3>{words('evidence', { a: numberOf(link.a), b: numberOf(link.b) })}</h3>
          <ul>
            {link.evidence.map(({ because }) => (
              <li key={because}>{because}</li>
            ))}
          </ul>
          {split === undefined ? (
            <p class="soft">{words('not-alone')}</p>
          ) : (
            <>
              <p class="soft">{words('split-words', { steps: numberRanges(smaller.map(numberOf)) })}</p>
              {mayAct() ? (
                <Button
                  size="small"
                  icon="split"
                  onClick={() => {
                    isAsking.value = true;
                  }}
                >
                  {words('split-here')}
                </Button>
              ) : null}
            </>
          )}
        </section>
      )}
      {isAsking.value ? (
        <WordsDialog
          title={words('split-here')}
          why={words('split-why')}
          hint={words('split-hint')}
          verb={words('split-here')}
          onSubmit={async (said) => {
            await actOnIncident(page.summary.id, 'split', { detections: smaller, text: said });
            chosen.value = undefined;
            await loadIncident(page.summary.id);
          }}
          onClose={() => {
            isAsking.value = false;
          }}
        />
      ) : null}
    </div>
  );
}
