/** Whether the system's clock was set by a time server, as its services say. */
import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';

/** systemd-timesyncd makes this file when a server has answered for the first time since the boot. */
const TIMESYNC_FILE = '/run/systemd/timesync/synchronized';
/** Written by chronyd while it runs. */
const CHRONY_PID_FILES = ['/run/chrony/chronyd.pid', '/run/chronyd.pid'];
const CHRONYC_WITHIN_MS = 2_000;
/** In real time. */
const CHRONY_ASKED_EVERY_MS = 60_000;
/** What `chronyc -c tracking` ends with while no server is followed. */
const CHRONY_UNSYNCHRONISED = 'Not synchronised';

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** The last field of chronyc's line tells the leap status; without a reference it says so in words. Pure. */
export function isTrackingSynchronized(line: string): boolean {
  const fields = line.trim().split(',');
  return fields.length >= 14 && fields.at(-1) !== CHRONY_UNSYNCHRONISED && fields.at(-1) !== '';
}

function chronyTracking(): Promise<string> {
  return new Promise((resolve) => {
    execFile('chronyc', ['-n', '-c', 'tracking'], { timeout: CHRONYC_WITHIN_MS }, (error, stdout) =>
      resolve(error === null ? stdout : ''),
    );
  });
}

/**
 * What asks systemd-timesyncd, then chrony; it says false where neither runs or neither has reached a server. Meant to
 * be asked every few seconds: chrony, which takes a process of its own, is asked once a minute.
 */
export function synchronization(
  files: { timesync: string; chrony: readonly string[] } = {
    timesync: TIMESYNC_FILE,
    chrony: CHRONY_PID_FILES,
  },
  tracking: () => Promise<string> = chronyTracking,
): () => Promise<boolean> {
  let [askedAtMs, answer] = [Number.NEGATIVE_INFINITY, false];
  return async () => {
    if (await exists(files.timesync)) return true;
    for (const file of files.chrony) {
      const pid = await readFile(file, 'utf8').catch(() => '');
      if (pid.trim() === '' || !(await exists(`/proc/${pid.trim()}`))) continue;
      if (performance.now() - askedAtMs >= CHRONY_ASKED_EVERY_MS) {
        askedAtMs = performance.now();
        answer = isTrackingSynchronized(await tracking());
      }
      return answer;
    }
    return false;
  };
}
