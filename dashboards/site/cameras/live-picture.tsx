import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { CameraStatus } from '../../../edge/api/contract.ts';
import { clockRate, now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { preciseTime, relative } from '../../kit/time.ts';
import { cameraWords } from '../said.ts';
import { text } from '../text.ts';
import { isOnScreen, setOnScreen } from './follow-cameras.ts';

/** A picture older than this says that nothing newer has come, in real time. */
const OLD_MS = 15_000;

/** The newest picture of a camera, renewed while it is on the screen, with its age; or why there is none. */
export function LivePicture(props: {
  asset: string;
  name: string;
  status: CameraStatus | undefined;
  timeZone: string;
}) {
  const { asset, name, status, timeZone } = props;
  const box = useRef<HTMLElement>(null);
  /** The picture that could not be had; the next one is tried again. */
  const missed = useSignal<number | undefined>(undefined);
  /** What is shown: it stays as it is while it is out of sight. */
  const shown = useSignal<number | undefined>(undefined);
  useEffect(() => {
    if (box.current === null) return;
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries) setOnScreen(asset, entry.isIntersecting);
    });
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      setOnScreen(asset, false);
    };
  }, [asset]);
  const newest = status?.lastPictureAt;
  const isSeen = isOnScreen(asset);
  useEffect(() => {
    if (isSeen && newest !== undefined && newest !== missed.peek()) shown.value = newest;
  }, [isSeen, newest, shown, missed]);
  // A camera that was taken out of use shows nothing any more.
  const takenAt = status === undefined ? undefined : shown.value;
  const isOld = takenAt !== undefined && now.value - takenAt > OLD_MS * clockRate.value;
  return (
    <figure ref={box} class={`live${isOld ? ' live-old' : ''}`}>
      {takenAt === undefined || missed.value === takenAt ? (
        <div class="live-none">
          <Icon name="camera-off" size={34} />
          <p>{whyNone(status)}</p>
        </div>
      ) : (
        <img
          class="live-picture"
          src={`api/cameras/${encodeURIComponent(asset)}/picture?taken=${Math.round(takenAt)}`}
          alt={text('cameras.picture', { name, time: preciseTime(takenAt, timeZone) })}
          onError={() => {
            missed.value = takenAt;
          }}
        />
      )}
      {takenAt === undefined ? null : (
        <figcaption class="live-age">
          {isOld ? <Icon name="warning" size={18} /> : <span class="live-dot" aria-hidden="true" />}
          {isOld
            ? text('cameras.old', { time: preciseTime(takenAt, timeZone), ago: relative(takenAt, now.value) })
            : text('cameras.live', { ago: relative(takenAt, now.value) })}
        </figcaption>
      )}
    </figure>
  );
}

/** Why there is no picture, in words. */
export function whyNone(status: CameraStatus | undefined): string {
  if (status === undefined) return text('cameras.none.elsewhere');
  if (status.hasPictures === false) return text('cameras.none.off');
  const failed = status.roles.find(({ role, works }) => role !== 'events' && !works);
  if (failed !== undefined) return text('cameras.none.failed', { why: cameraWords(failed.why ?? '') });
  return text(status.online ? 'cameras.none.yet' : 'cameras.none.offline');
}
