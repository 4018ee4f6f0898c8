/** How cameras are, and whether there is a newer picture: asked again and again, but only while somebody looks. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CameraStatus } from '../../../edge/api/contract.ts';
import { RequestError } from '../../kit/request.ts';
import { api } from '../session.ts';

/** Between two questions, in real time; a camera's picture is fetched by the gateway about as often. */
export const REFRESH_MS = 2_000;
/** After a question that came to nothing. */
const AFTER_FAILURE_MS = 10_000;

export interface FollowedCameras {
  cameras: readonly CameraStatus[] | undefined;
  failure: RequestError | undefined;
}

const isList = (value: unknown): value is CameraStatus[] => Array.isArray(value);
const followed = signal<FollowedCameras>({ cameras: undefined, failure: undefined });
/** Cameras whose pictures are on the screen. */
const onScreen = signal<ReadonlySet<string>>(new Set());

/** Says whether a camera's picture can be seen: what nobody sees is not fetched. */
export function setOnScreen(asset: string, isSeen: boolean): void {
  if (onScreen.peek().has(asset) === isSeen) return;
  const next = new Set(onScreen.peek());
  if (isSeen) next.add(asset);
  else next.delete(asset);
  onScreen.value = next;
}
export const isOnScreen = (asset: string): boolean => onScreen.value.has(asset);

/** Whether to ask now. Pure. */
export const wantsPictures = (visibility: DocumentVisibilityState, seen: ReadonlySet<string>): boolean =>
  visibility === 'visible' && seen.size > 0;

/** Follows the cameras while the page that uses it is drawn. @param who nobody: nothing is asked */
export function useCameras(who: string | undefined): FollowedCameras {
  useEffect(() => {
    followed.value = { cameras: undefined, failure: undefined };
    if (who === undefined) return;
    const life = new AbortController();
    void follow(life.signal);
    return () => life.abort();
  }, [who]);
  return followed.value;
}

async function follow(until: AbortSignal): Promise<void> {
  let isFirst = true;
  while (!until.aborted) {
    let waitMs = REFRESH_MS;
    // The first answer also says what cameras there are.
    if (isFirst || wantsPictures(document.visibilityState, onScreen.peek())) {
      try {
        const cameras = await api.get('api/cameras', isList, until);
        followed.value = { cameras, failure: undefined };
        isFirst = false;
      } catch (error) {
        if (until.aborted) return;
        const failure = error instanceof RequestError ? error : new RequestError(0, 'failed', String(error));
        // The last pictures stay, and say their age.
        followed.value = { cameras: followed.peek().cameras, failure };
        waitMs = AFTER_FAILURE_MS;
      }
    }
    await pause(waitMs, until);
  }
}

/** Until the time is over, or the page is looked at again. */
function pause(ms: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', shown);
      until.removeEventListener('abort', done);
      resolve();
    };
    const shown = () => {
      if (document.visibilityState === 'visible') done();
    };
    const timer = setTimeout(done, ms);
    document.addEventListener('visibilitychange', shown);
    until.addEventListener('abort', done, { once: true });
  });
}
