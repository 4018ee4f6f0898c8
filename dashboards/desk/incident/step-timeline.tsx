import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { StoryStep } from '../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { duration, preciseTime, timeOfDay } from '../../kit/time.ts';
import { text } from '../text.ts';
import { layOutLanes, type World } from './lanes.ts';
import { Later } from './later.tsx';
import { moved, type TimeWindow, zoomed } from './time-window.ts';
import { words } from './words.ts';

const worlds: World[] = ['physical', 'cyber'];
/** Less room than this is not worth a name. */
const NAME_MIN_PX = 54;
const LABEL_PX = 104;
const ICON_PX = 18;
const LAST_NAME_PX = 90;
/** On a phone the lanes have a glyph each, and the steps no names. */
const NARROW_PX = 560;

const loadStrip = async () => (await import('./measured-strip.tsx')).MeasuredStrip;

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
  /** Assets whose temperature is drawn below, on the same axis. */
  measured?: readonly { id: string; name: string }[];
}) {
  const { zone, pointed } = props;
  const whole = useMemo(() => {
    const times = props.story.map(({ detection }) => detection.at);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    return { from: first, to: Math.max(last, first + 1) };
  }, [props.story]);
  const seen = useSignal<TimeWindow | undefined>(undefined);
  const shown = seen.value ?? whole;
  const story = useMemo(
    () =>
      props.story.filter(
        ({ detection }) =>
          seen.value === undefined || (detection.at >= seen.value.from && detection.at <= seen.value.to),
      ),
    [props.story, seen.value],
  );
  const firstShown = story[0] === undefined ? 0 : props.story.indexOf(story[0]);
  const look = (next: TimeWindow) => {
    seen.value = next.from <= whole.from && next.to >= whole.to ? undefined : next;
  };
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
    <section
      class="timeline"
      aria-label={text('incident.timeline')}
      onKeyDown={(press) => {
        const next = {
          '+': zoomed(shown, 0.5, whole),
          '-': zoomed(shown, 2, whole),
          ArrowLeft: moved(shown, -0.25, whole),
          ArrowRight: moved(shown, 0.25, whole),
          '0': whole,
        }[press.key];
        if (next === undefined || press.ctrlKey || press.metaKey) return;
        press.preventDefault();
        look(next);
      }}
    >
      {props.story.length < 3 ? null : (
        <section class="timeline-tools" aria-label={words('lanes')}>
          <span class="faint" role="status">
            {seen.value === undefined
              ? null
              : words('span', { from: preciseTime(shown.from, zone), to: preciseTime(shown.to, zone) })}
          </span>
          <IconButton icon="plus" label={words('zoom-in')} onClick={() => look(zoomed(shown, 0.5, whole))} />
          <IconButton icon="minus" label={words('zoom-out')} onClick={() => look(zoomed(shown, 2, whole))} />
          <IconButton
            icon="arrow-left"
            label={words('earlier')}
            onClick={() => look(moved(shown, -0.5, whole))}
          />
          <IconButton
            icon="chevron-right"
            label={words('later')}
            onClick={() => look(moved(shown, 0.5, whole))}
          />
          {seen.value === undefined ? null : (
            <Button size="small" look="quiet" onClick={() => look(whole)}>
              {words('whole')}
            </Button>
          )}
        </section>
      )}
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
          const number = mark.number + firstShown;
          if (step === undefined) return null;
          const name = step.assets[0]?.name ?? step.people[0]?.name ?? '';
          return (
            <button
              key={mark.id}
              type="button"
              class={`step-mark world-${step.world} step-${step.detection.severity}${pointed.value === mark.id ? ' step-pointed' : ''}`}
              style={{ left: `${mark.x}px`, top: `${mark.y}px` }}
              aria-label={text('incident.step', { number, summary: step.detection.summary })}
              title={`${timeOfDay(step.detection.at, zone)} ${step.detection.summary}`}
              onPointerEnter={() => {
                pointed.value = mark.id;
              }}
              onPointerLeave={() => {
                pointed.value = undefined;
              }}
              onClick={() => {
                pointed.value = mark.id;
                const element = document.getElementById(stepElementId(number));
                element?.scrollIntoView({ block: 'center', behavior: 'smooth' });
                element?.focus({ preventScroll: true });
              }}
            >
              <span class="step-number">{number}</span>
              {mark.room < NAME_MIN_PX || isNarrow ? null : (
                <span class="step-name truncate" style={{ maxWidth: `${mark.room}px` }}>
                  {name}
                </span>
              )}
            </button>
          );
        })}
      </div>
      {(props.measured ?? []).map(({ id, name }) => (
        <Later
          key={`${id} ${shown.from} ${shown.to}`}
          load={loadStrip}
          with={{ asset: id, name, from: shown.from, to: shown.to, zone }}
        />
      ))}
    </section>
  );
}
