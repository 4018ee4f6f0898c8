/** Looking back: a slider over the last days, played or moved, with the incidents on it. */
import './replay.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PictureHistory, SituationalPicture } from '../../../../cloud/api/contract.ts';
import { Button, IconButton } from '../../../kit/button.tsx';
import { now } from '../../../kit/clock.ts';
import { Select } from '../../../kit/field.tsx';
import { Icon } from '../../../kit/icons.tsx';
import { useKeys } from '../../../kit/keys.ts';
import { shaped } from '../../../kit/request.ts';
import { day, fullTime, timeOfDay } from '../../../kit/time.ts';
import { say } from '../../../kit/toast.tsx';
import { deskZone } from '../../live/desk-state.ts';
import { reasonOf } from '../../loaded.ts';
import { api } from '../../session.ts';
import { past } from '../past.ts';
import { neighbour, type Speed, STEP_MS, speeds, spread, stepped } from './course.ts';
import { words } from './words.ts';

const isHistory = shaped<PictureHistory>({ from: 'number', to: 'number', marks: 'array' });
const isPicture = shaped<SituationalPicture>({ clock: 'object', sites: 'array' });

/** How often a playing picture goes on, ms. */
const TICK_MS = 700;
/** A slider that is being dragged asks when it has rested so long, ms. */
const REST_MS = 140;
const DAY_MS = 24 * 3_600_000;

export function TimeSlider() {
  const history = useSignal<PictureHistory | undefined>(undefined);
  const isPlaying = useSignal(false);
  const speed = useSignal<Speed>(300);
  const asking = useRef<AbortController | undefined>(undefined);
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const at = past.value?.at ?? now.value;
  const from = history.value?.from ?? at - DAY_MS;
  const to = history.value?.to ?? at;

  /** Shows a moment; what was asked for before and has not come is no longer wanted. */
  const show = async (moment: number): Promise<boolean> => {
    asking.current?.abort();
    const asked = new AbortController();
    asking.current = asked;
    past.value = { ...past.value, at: moment };
    try {
      const shown = await api.get(`api/picture?at=${Math.round(moment)}`, isPicture, asked.signal);
      if (asked.signal.aborted || past.value === undefined) return false;
      past.value = { at: moment, shown };
      return true;
    } catch (error) {
      if (asked.signal.aborted) return false;
      isPlaying.value = false;
      say(words('replay.failed', { message: reasonOf(error).message }), 'critical');
      return false;
    }
  };
  const move = (moment: number) => {
    const wanted = stepped(moment, from, to);
    past.value = { ...past.value, at: wanted };
    clearTimeout(rest.current);
    rest.current = setTimeout(() => void show(wanted), REST_MS);
  };
  const leave = () => {
    past.value = undefined;
  };
  useEffect(() => {
    const life = new AbortController();
    void show(at - STEP_MS);
    api.get('api/picture/history', isHistory, life.signal).then(
      (there) => {
        history.value = there;
      },
      (error: unknown) => {
        if (!life.signal.aborted)
          say(words('replay.failed', { message: reasonOf(error).message }), 'critical');
      },
    );
    return () => {
      life.abort();
      asking.current?.abort();
      clearTimeout(rest.current);
    };
  }, []);
  useEffect(() => {
    if (!isPlaying.value) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const go = async () => {
      const next = (past.value?.at ?? to) + (speed.value * 1_000 * TICK_MS) / 1_000;
      if (next >= to) {
        isPlaying.value = false;
        return;
      }
      // The next moment is asked for when this one is there: a slow answer makes it slower, not longer behind.
      if ((await show(next)) && !isOver) timer = setTimeout(() => void go(), TICK_MS);
    };
    timer = setTimeout(() => void go(), TICK_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isPlaying.value, speed.value, to]);
  const marks = history.value?.marks ?? [];
  const jump = (direction: 'before' | 'after') => {
    const found = neighbour(marks, at, direction);
    if (found !== undefined) void show(found.at + STEP_MS);
  };
  useKeys({
    ' ': () => {
      isPlaying.value = !isPlaying.value;
    },
    '[': () => jump('before'),
    ']': () => jump('after'),
    Escape: leave,
  });
  const zone = deskZone.value;
  const days = midnights(from, to);
  const said = fullTime(at, zone);
  return (
    <section
      class="replay"
      aria-label={words('replay.title')}
      onKeyDown={(press) => {
        // The slider has the focus as a rule, and takes keys that the page would hear.
        if (press.key !== 'Escape') return;
        press.preventDefault();
        leave();
      }}
    >
      <header class="replay-head">
        <span class="replay-word">
          <Icon name="history" size={18} />
          {words('replay.title')}
        </span>
        <strong class="replay-time">{said}</strong>
        <span class="soft" role="status">
          {words('replay.not-live')}
        </span>
        <span class="replay-leave">
          <Button look="primary" size="small" icon="close" onClick={leave} keyHint="Esc">
            {words('replay.now')}
          </Button>
        </span>
      </header>
      <div class="replay-row">
        <span class="replay-buttons">
          <IconButton icon="arrow-left" label={words('replay.previous')} onClick={() => jump('before')} />
          <IconButton
            icon={isPlaying.value ? 'pause' : 'play'}
            label={isPlaying.value ? words('replay.pause') : words('replay.play')}
            onClick={() => {
              isPlaying.value = !isPlaying.value;
            }}
          />
          <span class="replay-flip">
            <IconButton icon="arrow-left" label={words('replay.next')} onClick={() => jump('after')} />
          </span>
        </span>
        <div class="replay-track">
          <div class="replay-marks" aria-hidden="true">
            {days.map((midnight) => (
              <span
                key={midnight}
                class="replay-day"
                style={{ left: `${((midnight - from) / (to - from)) * 100}%` }}
              >
                {day(midnight + 1, zone)}
              </span>
            ))}
            {spread(marks, from, to, 0.012).map(({ place, mark, count }) => (
              <span
                key={mark.incident}
                class={`replay-mark ink-${mark.severity}`}
                style={{ left: `${place * 100}%` }}
                title={`${timeOfDay(mark.at, zone)} ${mark.title}${count > 1 ? ` +${count - 1}` : ''}`}
              >
                <Icon name={`severity-${mark.severity}`} size={12} />
              </span>
            ))}
          </div>
          <input
            type="range"
            class="replay-slider"
            aria-label={words('replay.label')}
            aria-valuetext={said}
            title={words('replay.keys')}
            min={from}
            max={to}
            step={STEP_MS}
            value={at}
            onKeyDown={(press) => {
              const hours = { PageUp: 1, PageDown: -1 }[press.key];
              if (hours === undefined) return;
              press.preventDefault();
              move(at + hours * 3_600_000);
            }}
            onInput={(input) => {
              isPlaying.value = false;
              move(Number(input.currentTarget.value));
            }}
          />
        </div>
        <Select
          bare
          label={words('replay.speed')}
          value={String(speed.value)}
          options={speeds.map((one) => ({ value: String(one), label: words(`replay.speed-${one}`) }))}
          onChange={(value) => {
            speed.value = speeds.find((one) => String(one) === value) ?? 300;
          }}
        />
      </div>
      <p class="faint replay-note">
        {history.value === undefined
          ? null
          : marks.length === 0
            ? words('replay.none')
            : words('replay.marks', { count: marks.length })}
        {history.value !== undefined && history.value.more > 0
          ? ` · ${words('replay.more', { count: history.value.more })}`
          : null}
      </p>
    </section>
  );
}

/** Beginnings of days on this computer's clock: lines to find one's way by. */
function midnights(from: number, to: number): number[] {
  const found: number[] = [];
  const first = new Date(from);
  first.setHours(24, 0, 0, 0);
  for (let at = first.getTime(); at < to && found.length < 40; at += DAY_MS) found.push(at);
  return found;
}
