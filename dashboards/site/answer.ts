import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { RequestError } from '../kit/request.ts';

export interface Asked<Answer> {
  answer: Answer | undefined;
  /** Why there is none, in words. */
  failure: RequestError | undefined;
  again: () => void;
}

/** Asks the gateway now and whenever `of` changes. An earlier answer stays until the next one is there. */
export function useAnswer<Answer>(
  ask: (until: AbortSignal) => Promise<Answer>,
  of: readonly (string | number)[],
): Asked<Answer> {
  const answer = useSignal<Answer | undefined>(undefined);
  const failure = useSignal<RequestError | undefined>(undefined);
  const attempt = useSignal(0);
  const key = of.join(' ');
  useEffect(() => {
    const life = new AbortController();
    ask(life.signal).then(
      (given) => {
        answer.value = given;
        failure.value = undefined;
      },
      (error: unknown) => {
        if (life.signal.aborted) return;
        failure.value = error instanceof RequestError ? error : new RequestError(0, 'failed', String(error));
      },
    );
    return () => life.abort();
    // `ask` is made anew with each drawing; `of` says when to ask.
  }, [key, attempt.value]);
  return {
    answer: answer.value,
    failure: failure.value,
    again: () => {
      attempt.value++;
    },
  };
}
