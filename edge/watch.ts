import { statSync, unwatchFile, watchFile } from 'node:fs';

/** How often the files are looked at. A network drive and an editor's rename are seen this way, too. */
const LOOK_EVERY_MS = 1_000;
/** Written in several goes, half a file can be a valid one: it is read when it has been still for this long. */
const STILL_MS = 700;

const stampOf = (file: string): string => {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'not there';
  }
};

/** Calls `onChanged` once after any of the files has changed and come to rest, until the signal. */
export function watchFiles(files: () => readonly string[], onChanged: () => void, signal: AbortSignal): void {
  let watched: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const stamps = () => watched.map(stampOf).join('\n');
  const settle = () => {
    clearTimeout(timer);
    const before = stamps();
    timer = setTimeout(() => {
      if (signal.aborted) return;
      if (stamps() !== before) {
        settle();
        return;
      }
      onChanged();
      watch();
    }, STILL_MS);
    timer.unref();
  };
  const stop = () => {
    for (const file of watched) unwatchFile(file, settle);
  };
  const watch = () => {
    stop();
    // Another registry may be named now.
    watched = files();
    for (const file of watched) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, settle);
  };
  watch();
  signal.addEventListener(
    'abort',
    () => {
      clearTimeout(timer);
      stop();
    },
    { once: true },
  );
}
