import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { StoryStep } from '../../../cloud/api/contract.ts';
import { Icon } from '../../kit/icons.tsx';
import { duration, timeOfDay } from '../../kit/time.ts';
import { text } from '../text.ts';
import { layOutLanes, type World } from './lanes.ts';

const worlds: World[] = ['physical', 'cyber'];
/** Less room than this is not worth a name. */
const NAME_MIN_PX = 54;
const LABEL_PX = 104;
const ICON_PX = 18;
const LAST_NAME_PX = 90;
/** On a phone the lanes have a glyph each, and the steps no names. */
const NARROW_PX = 560;

/** The element of a step in the story below. */
export const stepElementId = (number: number): string => `step-${number}`;

/**
 * The story at a glance: one time axis, a lane for each world, a mark for each step, and a line to the step
 * that it belongs with; thick where the link is strong.
 */
export function StepTimeline(props: {
  story: readonly StoryStep[];
  zone: string;
  pointed: Signal<string | undefined>;
}) {
  const { story, zone, pointed } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useSignal(900);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const sized = new ResizeObserver(() => {
      width.value = Math.max(260, element.clientWidth);
    });
    sized.observe(element);
    return () => sized.disconnect();
  }, [width]);
  const isNarrow = width.value < NARROW_PX;
  const layout = useMemo(
    () =>
      layOutLanes(
        story.map(({ detection, world, belongs }) => ({
          id: detection.id,
          at: detection.at,
          world,
          to: belongs?.to,
          weight: belongs?.weight,
        })),
        width.value,
        isNarrow ? { left: ICON_PX, right: 0 } : { left: LABEL_PX, right: LAST_NAME_PX },
        zone,
      ),
    [story, width.value, isNarrow, zone],
  );
  return (
    <section class="timeline" aria-label={text('incident.timeline')}>
      <div ref={frame} class="timeline-frame" style={{ height: `${layout.height}px` }}>
        {worlds.map((world) => (
          <div
            key={world}
            class={`lane lane-${world}`}
            style={{ top: `${layout.lanes[world].top}px`, height: `${layout.lanes[world].height}px` }}
          >
            <span class={`lane-name ink-${world}`}>
              <Icon name={world} size={15} />
              <span class={isNarrow ? 'visually-hidden' : ''}>{text(`world.${world}`)}</span>
            </span>
          </div>
        ))}
        <svg class="timeline-lines" width={width.value} height={layout.height} aria-hidden="true">
          {layout.ticks.map(({ x, at }) => (
            <g key={at}>
              <line class="tick" x1={x} x2={x} y1={0} y2={layout.height - 22} />
              <text class="chart-text" x={x} y={layout.height - 7} text-anchor="middle">
                {timeOfDay(at, zone)}
              </text>
            </g>
          ))}
          {layout.breaks.map(({ x, ms }) => (
            <g key={x} class="break">
              <title>{text('incident.gap', { duration: duration(ms) })}</title>
              <path d={`M${x - 5} 0V${layout.height - 22}M${x + 5} 0V${layout.height - 22}`} />
              <text class="chart-text" x={x} y={layout.height - 7} text-anchor="middle">
                {duration(ms)}
              </text>
            </g>
          ))}
          {layout.curves.map((curve) => (
            <path
              key={curve.to}
              class={`curve curve-${curve.strength}${pointed.value === curve.to || pointed.value === curve.from ? ' curve-pointed' : ''}`}
              d={curve.path}
            />
          ))}
        </svg>
        {layout.marks.map((mark) => {
          const step = story[mark.number - 1];
          if (step === undefined) return null;
          const name = step.assets[0]?.name ?? step.people[0]?.name ?? '';
          return (
            <button
              key={mark.id}
              type="button"
              class={`step-mark world-${step.world} step-${step.detection.severity}${pointed.value === mark.id ? ' step-pointed' : ''}`}
              style={{ left: `${mark.x}px`, top: `${mark.y}px` }}
              aria-label={text('incident.step', { number: mark.number, summary: step.detection.summary })}
              title={`${timeOfDay(step.detection.at, zone)} ${step.detection.summary}`}
              onPointerEnter={() => {
                pointed.value = mark.id;
              }}
              onPointerLeave={() => {
                pointed.value = undefined;
              }}
              onClick={() => {
                pointed.value = mark.id;
                const element = document.getElementById(stepElementId(mark.number));
                element?.scrollIntoView({ block: 'center', behavior: 'smooth' });
                element?.focus({ preventScroll: true });
              }}
            >
              <span class="step-number">{mark.number}</span>
              {mark.room < NAME_MIN_PX || isNarrow ? null : (
                <span class="step-name truncate" style={{ maxWidth: `${mark.room}px` }}>
                  {name}
                </span>
              )}
            </button>
          );
        })}
      </div>
    </section>
  );
}
