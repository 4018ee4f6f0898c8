/** A stream of server-sent events, with what a person wants to know of it: is this live, and since when not. */
import { type ReadonlySignal, signal } from '@preact/signals';

export type ConnectionState = 'live' | 'resuming' | 'offline';
export interface Connection {
  state: ConnectionState;
  /** Real time of this computer, ms; of an interruption: when the connection was lost. */
  since: number;
}

/** Interrupted for this long, "resuming" becomes "offline": a person should stop trusting the page. */
const OFFLINE_AFTER_MS = 12_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 20_000;
/** A server that sends its clock regularly and then nothing for this long is a dead connection. */
const SILENCE_MS = 60_000;

const connectionSignal = signal<Connection>({ state: 'resuming', since: Date.now() });
export const connection: ReadonlySignal<Connection> = connectionSignal;

function show(state: ConnectionState): void {
  const before = connectionSignal.value;
  if (before.state === state) return;
  // Offline is a longer resuming: it began when the connection was lost.
  const since = before.state === 'resuming' && state === 'offline' ? before.since : Date.now();
  connectionSignal.value = { state, since };
}

/**
 * Follows the stream until `until` aborts. The browser resumes a cut connection by itself with Last-Event-ID;
 * where it gives up (an HTTP error), the stream is opened anew after a pause and `onRestart` is called, since
 * the place in the stream is lost.
 * @param types names of the events; `restart` is always heard and calls `onRestart`
 * @param onRestart the page's data may be behind: fetch everything
 */
export function follow(options: {
  url: string;
  types: readonly string[];
  onMessage: (type: string, data: unknown) => void;
  onRestart: () => void;
  until: AbortSignal;
}): void {
  const { url, types, onMessage, onRestart, until } = options;
  let source: EventSource | undefined;
  let retryMs = FIRST_RETRY_MS;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let offline: ReturnType<typeof setTimeout> | undefined;
  let heardAt = performance.now();
  let beats = 0;

  const interrupted = () => {
    if (connectionSignal.value.state === 'live') show('resuming');
    offline ??= setTimeout(() => show('offline'), OFFLINE_AFTER_MS);
  };
  const open = (again: boolean) => {
    source?.close();
    source = new EventSource(url);
    heardAt = performance.now();
    beats = 0;
    const heard = (message: MessageEvent) => {
      heardAt = performance.now();
      if (message.type === 'clock') beats++;
      if (message.type === 'restart') {
        onRestart();
        return;
      }
      let data: unknown;
      try {
        data = JSON.parse(String(message.data));
      } catch {
        console.warn(`${url}: an event "${message.type}" that is not JSON was left out`);
        return;
      }
      onMessage(message.type, data);
    };
    for (const type of [...types, 'restart']) source.addEventListener(type, heard);
    source.addEventListener('open', () => {
      clearTimeout(offline);
      offline = undefined;
      retryMs = FIRST_RETRY_MS;
      heardAt = performance.now();
      show('live');
      if (again) onRestart();
      again = false;
    });
    source.addEventListener('error', () => {
      interrupted();
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(retry);
      retry = setTimeout(open, retryMs, true);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    });
  };
  // The network is back: don't wait out the pause.
  const online = () => {
    if (connectionSignal.value.state !== 'live') open(true);
  };
  const watchdog = setInterval(() => {
    if (beats < 2 || performance.now() - heardAt < SILENCE_MS) return;
    interrupted();
    open(true);
  }, SILENCE_MS / 4);
  addEventListener('online', online);
  addEventListener('offline', interrupted);
  until.addEventListener('abort', () => {
    source?.close();
    clearTimeout(retry);
    clearTimeout(offline);
    clearInterval(watchdog);
    removeEventListener('online', online);
    removeEventListener('offline', interrupted);
  });
  open(false);
}
