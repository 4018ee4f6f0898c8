import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../kit/button.tsx';
import type { Said, Told } from '../content/said.ts';
import { type Item, type ItemText, type Part, type ScamKind, scamKinds } from '../game/items.ts';
import { seeded, shuffled } from '../game/random.ts';
import {
  type Answer,
  asksWhere,
  asksWhich,
  asksWhy,
  type Certainty,
  type Depth,
  type Outcome,
  outcomeOf,
} from '../game/score.ts';
import { pageAddress } from './device.ts';
import { MockUp } from './mock-up.tsx';
import { plain, Saying, T } from './words.tsx';

/** Kinds to choose from beside the right one. */
const OTHER_KINDS = 3;

type Question = 'verdict' | 'certainty' | 'where' | 'why' | 'which' | 'solved';

/** One case: verdict and certainty, then as deep as was wished, then what there was to see. */
export function GameCase(props: {
  item: Item;
  texts: Told<ItemText>;
  lesson: Said;
  depth: Depth;
  /** The order of answers follows from it. */
  order: number;
  isLast: boolean;
  onAnswered: (answer: Answer, outcome: Outcome) => void;
  onNext: () => void;
}) {
  const { item, texts, depth } = props;
  const question = useSignal<Question>('verdict');
  const isTrap = useSignal<boolean | undefined>(undefined);
  const certainty = useSignal<Certainty>('guess');
  const tapped = useSignal<ReadonlySet<Part>>(new Set());
  const isReasonRight = useSignal<boolean | undefined>(undefined);
  const kind = useSignal<ScamKind | undefined>(undefined);
  const outcome = useSignal<Outcome | undefined>(undefined);
  const ask = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (question.value !== 'verdict') ask.current?.focus();
  }, [question.value]);

  const says = isTrap.value ?? false;
  const after: Record<Question, Question> = {
    verdict: 'certainty',
    certainty: asksWhere(item, says, depth) ? 'where' : asksWhy(item, says, depth) ? 'why' : 'solved',
    where: asksWhy(item, says, depth) ? 'why' : 'solved',
    why: asksWhich(item, says, depth) ? 'which' : 'solved',
    which: 'solved',
    solved: 'solved',
  };
  const go = () => {
    const next = after[question.value];
    if (next === 'solved') {
      const answer: Answer = {
        isTrap: says,
        certainty: certainty.value,
        ...(asksWhere(item, says, depth) ? { places: [...tapped.value] } : {}),
        ...(isReasonRight.value === undefined ? {} : { isReasonRight: isReasonRight.value }),
        ...(kind.value === undefined ? {} : { kind: kind.value }),
      };
      outcome.value = outcomeOf(item, answer);
      props.onAnswered(answer, outcome.value);
    }
    question.value = next;
  };
  const reasons = shuffled([texts.reason, ...texts.others], seeded(props.order));
  const kinds = shuffled(
    [
      ...(item.kind === undefined ? [] : [item.kind]),
      ...shuffled(
        scamKinds.filter((one) => one !== item.kind),
        seeded(props.order),
      ).slice(0, OTHER_KINDS),
    ],
    seeded(props.order + 1),
  );
  const isTapping = question.value === 'where';
  return (
    <div class="case">
      <div class="case-shown">
        <p class="case-scene">
          <Saying of={texts.scene} />
        </p>
        <MockUp
          item={item}
          texts={texts}
          tapped={isTapping ? tapped.value : undefined}
          onTap={(part) => {
            const next = new Set(tapped.value);
            if (!next.delete(part)) next.add(part);
            tapped.value = next;
          }}
          isSolved={question.value === 'solved'}
        />
      </div>
      <div class="case-ask panel" ref={ask} tabIndex={-1}>
        {question.value === 'verdict' ? (
          <>
            <h3>
              <T k="game.ask" />
            </h3>
            <div class="verdict-choices">
              {([true, false] as const).map((one) => (
                <button
                  key={String(one)}
                  type="button"
                  class={`choice choice-big ${one ? 'choice-trap' : 'choice-true'}`}
                  onClick={() => {
                    isTrap.value = one;
                    go();
                  }}
                >
                  {one ? <T k="game.trap" /> : <T k="game.true" />}
                </button>
              ))}
            </div>
          </>
        ) : question.value === 'certainty' ? (
          <>
            <h3>
              <T k="game.how-sure" />
            </h3>
            <div class="choices">
              {(['guess', 'fairly', 'certain'] as const).map((one) => (
                <button
                  key={one}
                  type="button"
                  class="choice"
                  onClick={() => {
                    certainty.value = one;
                    go();
                  }}
                >
                  <span class={`sure sure-${one}`} aria-hidden="true" />
                  <T k={`game.sure.${one}`} />
                </button>
              ))}
            </div>
          </>
        ) : isTapping ? (
          <>
            <h3>
              <T k="game.where" />
            </h3>
            <Button look="primary" disabled={tapped.value.size === 0} onClick={go}>
              <T k="game.where-done" />
            </Button>
          </>
        ) : question.value === 'why' ? (
          <>
            <h3>
              <T k="game.why" />
            </h3>
            <div class="choices">
              {reasons.map((reason) => (
                <button
                  key={reason.text}
                  type="button"
                  class="choice"
                  onClick={() => {
                    isReasonRight.value = reason.text === texts.reason.text;
                    go();
                  }}
                >
                  <Saying of={reason} />
                </button>
              ))}
            </div>
          </>
        ) : question.value === 'which' ? (
          <>
            <h3>
              <T k="game.which" />
            </h3>
            <div class="choices">
              {kinds.map((one) => (
                <button
                  key={one}
                  type="button"
                  class="choice"
                  onClick={() => {
                    kind.value = one;
                    go();
                  }}
                >
                  <T k={`kind.${one}`} />
                </button>
              ))}
            </div>
          </>
        ) : outcome.value === undefined ? null : (
          <Solved
            {...props}
            outcome={outcome.value}
            isReasonRight={isReasonRight.value}
            isPlaced={asksWhere(item, says, depth)}
          />
        )}
      </div>
    </div>
  );
}

function Solved(props: {
  item: Item;
  texts: Told<ItemText>;
  lesson: Said;
  outcome: Outcome;
  isReasonRight: boolean | undefined;
  isPlaced: boolean;
  isLast: boolean;
  onNext: () => void;
}) {
  const { item, texts, outcome } = props;
  const points = `${outcome.points > 0 ? '+' : ''}${outcome.points}`;
  return (
    <div class={`solved ${outcome.isRight ? 'solved-right' : 'solved-wrong'}`}>
      <h3>
        {outcome.isRight ? <T k="game.right" with={{ points }} /> : <T k="game.wrong" with={{ points }} />}
      </h3>
      <p class="solved-was">{item.kind === undefined ? <T k="game.was-true" /> : <T k="game.was-trap" />}</p>
      <ul class="solved-facts">
        {props.isPlaced ? (
          <li>
            <T k="game.found" with={{ found: outcome.found, count: item.clues.length }} />
          </li>
        ) : null}
        {outcome.needless > 0 ? (
          <li>
            <T k="game.too-many" with={{ count: outcome.needless }} />
          </li>
        ) : null}
        <li>
          {props.isReasonRight === true ? (
            <T k="game.reason-right" />
          ) : (
            <T k="game.reason-wrong" with={{ reason: texts.reason.text }} />
          )}
        </li>
        {item.kind === undefined ? null : (
          <li>
            <T k="game.kind-was" with={{ kind: kindName(item.kind) }} />
          </li>
        )}
      </ul>
      <p class="solved-teach">
        <Saying of={texts.teach} />
      </p>
      <Button look="primary" onClick={props.onNext}>
        {props.isLast ? <T k="game.end" /> : <T k="game.next" />}
      </Button>
      <p>
        <a class="link" href={pageAddress(`lessons/${item.lesson}/`)}>
          <T k="game.lesson" with={{ title: props.lesson.text }} />
        </a>
      </p>
    </div>
  );
}

const kindName = (kind: ScamKind): string => plain(`kind.${kind}`);
