/**
 * Keeps one device connected: finds its port, opens it, hands it to the link's conversation, closes it and
 * begins again, for as long as the link runs. A device may hang up, fall silent, or come back elsewhere.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { LinkContext } from './link.ts';
import { type Candidate, findPorts } from './ports.ts';
import { type CharacterFrame, openSerialLine, PortError, type SerialLine } from './serial-line.ts';

/** Between two searches. A search reads a few directory entries, so a device is back within a second. */
const SEARCH_PAUSE_MS = 500;
/** A port with another's device is left alone for this long, unless another device comes there first. */
const FOREIGN_PAUSE_MS = 30_000;
/** A port that gave no sense is tried again after this; its device may have hung. */
const SILENT_PAUSE_MS = 3_000;

/** Different lines kept in mind so as not to be told again. */
const MAX_TOLD = 64;

/** How a conversation ended. */
export type Ending =
  /** Another node is there, or a device that does not speak our language. */
  | { because: 'foreign'; found: string }
  /** Nothing heard for too long, before the device was known or after. */
  | { because: 'silent'; wasOnline: boolean }
  | { because: 'hung-up'; detail: string }
  | { because: 'stopped' };

export interface Conversation {
  baudRate: number;
  /** Absent: 8 bits, no parity, 1 stop bit. */
  frame?: CharacterFrame;
  /** Bytes from the line, in pieces of any size. */
  hear(bytes: Uint8Array): void;
  /** Runs from the opening to the end. Hang-up is noticed for it; once `signal` is aborted it is over. */
  hold(line: SerialLine, signal: AbortSignal): Promise<Ending>;
}

/** Resolves once the signal is aborted. For signals that do not outlive the wait: a listener stays on them. */
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const restUnlessAborted = (ms: number, signal: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal }).catch(() => undefined);

export async function keepConnected(
  patterns: readonly string[],
  context: LinkContext,
  converse: () => Conversation,
  signal: AbortSignal,
): Promise<void> {
  const { log, ports } = context;
  const avoidUntil = new Map<string, number>();
  /** What was told since the device was last there; the same again is not news. */
  const told = new Set<string>();
  const tell = (line: string) => {
    if (told.size >= MAX_TOLD) told.clear();
    if (!told.has(line)) log.warn(line);
    told.add(line);
  };
  while (!signal.aborted) {
    const found = await findPorts(patterns);
    const existing = new Set(found.map(({ plugging }) => plugging));
    for (const plugging of avoidUntil.keys()) if (!existing.has(plugging)) avoidUntil.delete(plugging);
    const nowMs = performance.now();
    const open = found.filter(({ plugging }) => (avoidUntil.get(plugging) ?? 0) <= nowMs);
    if (found.length === 0) tell(`no port matches ${patterns.join(' or ')}; still looking`);
    for (const candidate of open) {
      if (signal.aborted) return;
      const release = ports.claim(candidate.device);
      if (release === undefined) continue;
      try {
        const ending = await tryPort(candidate, context, converse(), signal);
        if (ending.because === 'foreign') {
          context.counters.foreignPorts++;
          avoidUntil.set(candidate.plugging, performance.now() + FOREIGN_PAUSE_MS);
          tell(`${candidate.path}: not ours: ${ending.found}`);
        } else if (ending.because === 'silent' && !ending.wasOnline) {
          avoidUntil.set(candidate.plugging, performance.now() + SILENT_PAUSE_MS);
          tell(`${candidate.path}: no answer that makes sense; is it the right device and firmware?`);
        } else {
          told.clear();
          break;
        }
      } catch (error) {
        if (error instanceof PortError) context.counters.openFailures++;
        tell(error instanceof Error ? error.message : String(error));
      } finally {
        release();
      }
    }
    await restUnlessAborted(SEARCH_PAUSE_MS, signal);
  }
}

async function tryPort(
  { path }: Candidate,
  context: LinkContext,
  conversation: Conversation,
  signal: AbortSignal,
): Promise<Ending> {
  const { log, counters, outlet } = context;
  const hear = (bytes: Uint8Array) => conversation.hear(bytes);
  const line = await openSerialLine(path, conversation.baudRate, hear, conversation.frame);
  counters.portsOpened++;
  const over = new AbortController();
  const stop = () => over.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let ending: Ending;
  try {
    ending = await Promise.race([
      conversation.hold(line, over.signal),
      line.hungUp.then((detail): Ending => ({ because: 'hung-up', detail })),
      aborted(over.signal).then((): Ending => ({ because: 'stopped' })),
    ]);
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
    outlet.setOnline(false);
    // Before anything opens it again: two openings of one port would share its bytes.
    await line.close();
  }
  if (ending.because === 'hung-up') {
    counters.hangUps++;
    log.warn({ port: path, detail: ending.detail }, 'hung up; looking for the device');
  } else if (ending.because === 'silent' && ending.wasOnline) {
    counters.watchdogReopens++;
    log.warn({ port: path }, 'nothing heard for too long; closed, to be opened again');
  }
  return ending;
}
