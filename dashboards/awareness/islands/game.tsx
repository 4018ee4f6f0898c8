import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../kit/button.tsx';
import type { LessonTexts } from '../content/course.ts';
import type { Told } from '../content/said.ts';
import { drawRound, experienceFrom, learned } from '../game/draw.ts';
import { type Item, type ItemTexts, items } from '../game/items.ts';
import {
  type Answer,
  calibration,
  calibrationVerdict,
  type Depth,
  depths,
  mostPoints,
  type Outcome,
} from '../game/score.ts';
import { remember, remembered } from './device.ts';
import { GameCase } from './game-case.tsx';
import { plain, T } from './words.tsx';

const MAX_SEED = 10_000;

/** `#412-3`: round 412 at depth 3, to play the same with others. */
function asked(): { seed: number; depth: Depth } | undefined {
  const [, seed, depth] = /^#(\d{1,4})-([1-4])$/.exec(location.hash) ?? [];
  const known = depths.find((one) => String(one) === depth);
  return seed === undefined || known === undefined ? undefined : { seed: Number(seed), depth: known };
}

interface Round {
  seed: number;
  depth: Depth;
  drawn: readonly Item[];
}

type Played = { item: Item; answer: Answer; outcome: Outcome };

export function Game({ texts, lessons }: { texts: Told<ItemTexts>; lessons: Told<LessonTexts> }) {
  const depth = useSignal<Depth>(asked()?.depth ?? 1);
  const round = useSignal<Round | undefined>(undefined);
  const at = useSignal(0);
  const played = useSignal<readonly Played[]>([]);
  const heading = useRef<HTMLHeadingElement>(null);
  const focus = () => heading.current?.focus();
  useEffect(() => {
    if (round.value !== undefined) focus();
  }, [round.value, at.value]);

  const start = (seed: number) => {
    // A round that was asked for by number is the same for everybody: no experience goes into it.
    const isShared = asked()?.seed === seed;
    const experience = isShared ? {} : experienceFrom(remembered('experience'));
    round.value = { seed, depth: depth.value, drawn: drawRound(items, seed, experience) };
    at.value = 0;
    played.value = [];
  };
  const points = played.value.reduce((sum, { outcome }) => sum + outcome.points, 0);

  if (round.value === undefined)
    return (
      <div class="panel game-start">
        <fieldset class="depths">
          <legend>
            <T k="game.depth" />
          </legend>
          {depths.map((one) => (
            <label key={one} class="depth">
              <input
                type="radio"
                name="depth"
                checked={depth.value === one}
                onChange={() => {
                  depth.value = one;
                }}
              />
              <span class="depth-number" aria-hidden="true">
                {one}
              </span>
              <span class="depth-words">
                <strong>
                  <T k={`game.depth.${one}`} />
                </strong>
                <span class="soft">
                  <T k={`game.depth-text.${one}`} />
                </span>
              </span>
            </label>
          ))}
        </fieldset>
        <Button
          look="primary"
          icon="play"
          onClick={() => start(asked()?.seed ?? Math.floor(Math.random() * MAX_SEED))}
        >
          <T k="game.start" />
        </Button>
        <p class="faint">
          <T k="game.reminds" />
        </p>
      </div>
    );

  const { drawn, seed } = round.value;
  const item = drawn[at.value];
  if (item === undefined) {
    const rows = calibration(
      played.value.map(({ answer, outcome }) => ({ certainty: answer.certainty, isRight: outcome.isRight })),
    );
    const most = drawn.reduce((sum, one) => sum + mostPoints(one, depth.value), 0);
    return (
      <div class="panel game-over">
        <h2 ref={heading} tabIndex={-1}>
          <T k="game.over" />
        </h2>
        <p class="game-score">
          <T k="game.score" with={{ points, most }} />
        </p>
        <h3>
          <T k="game.calibration" />
        </h3>
        <ul class="calibration">
          {rows.map((row) => (
            <li key={row.certainty}>
              <span class="calibration-words">
                <T
                  k="game.calibration-row"
                  with={{ sure: plainSure(row.certainty), right: row.right, count: row.count }}
                />
              </span>
              <span class="calibration-bar" aria-hidden="true">
                <span style={{ width: `${(100 * row.right) / row.count}%` }} />
              </span>
            </li>
          ))}
        </ul>
        <p>
          <T k={`game.calibration-${calibrationVerdict(rows)}`} />
        </p>
        <div class="row">
          <Button
            look="primary"
            icon="reopen"
            onClick={() => {
              history.replaceState(null, '', location.pathname);
              start(Math.floor(Math.random() * MAX_SEED));
            }}
          >
            <T k="game.again" />
          </Button>
          <a class="button" href={`#${seed}-${depth.value}`}>
            <T k="game.number" with={{ seed }} />
          </a>
        </div>
        <p class="faint">
          <T k="game.number-text" />
        </p>
      </div>
    );
  }
  return (
    <>
      <div class="game-bar">
        <h2 ref={heading} tabIndex={-1}>
          <T k="game.case" with={{ number: at.value + 1, count: drawn.length }} />
        </h2>
        <span class="game-points">
          <T k="game.points" with={{ count: points }} />
        </span>
      </div>
      <div class="game-steps" aria-hidden="true">
        {drawn.map((one, index) => {
          const outcome = played.value[index]?.outcome;
          return (
            <span
              key={one.id}
              class={
                outcome === undefined
                  ? index === at.value
                    ? 'step-now'
                    : ''
                  : outcome.isRight
                    ? 'step-right'
                    : 'step-wrong'
              }
            />
          );
        })}
      </div>
      <GameCase
        key={item.id}
        item={item}
        texts={texts[item.id]}
        lesson={lessons[item.lesson].title}
        depth={depth.value}
        order={seed + at.value}
        isLast={at.value + 1 === drawn.length}
        onAnswered={(answer, outcome) => {
          played.value = [...played.value, { item, answer, outcome }];
          const before = experienceFrom(remembered('experience'));
          remember('experience', JSON.stringify(learned(before, item.id, outcome.isRight)));
        }}
        onNext={() => {
          at.value++;
        }}
      />
    </>
  );
}

const plainSure = (certainty: Answer['certainty']): string => plain(`game.sure.${certainty}`);
