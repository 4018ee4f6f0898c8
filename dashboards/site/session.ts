/** Who stands at the page, and what is done in their name. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type {
  ApiProblem,
  ArmingAnswer,
  ArmingMode,
  ArmingSchedule,
  BadgeSignIn,
  InboxAssignment,
  SilencedSirens,
  SiteSession,
  TemperatureHistory,
} from '../../edge/api/contract.ts';
import { now } from '../kit/clock.ts';
import { RequestError, requests, shaped } from '../kit/request.ts';
import { say } from '../kit/toast.tsx';
import { problemInWords } from './problem-words.ts';
import { text } from './text.ts';

const isSession = shaped<SiteSession>({ name: 'string', token: 'string', expiresAt: 'number' });
const isAnswer = shaped<ArmingAnswer>({ result: 'string', ready: 'boolean', blockedBy: 'array' });
const isHistory = shaped<TemperatureHistory>({ asset: 'string', points: 'array' });
const isBadgeSignIn = shaped<BadgeSignIn>({
  until: 'number',
  word: 'string',
  reader: 'object',
  times: 'number',
  state: 'string',
});
const isProblem = shaped<ApiProblem>({ error: 'object' });
const isSilenced = shaped<SilencedSirens>({ silenced: 'array' });

const held = signal<SiteSession | undefined>(undefined);

/** Who is signed in; a session that has run out is none. */
export const session: ReadonlySignal<SiteSession | undefined> = computed(() =>
  held.value !== undefined && now.value < held.value.expiresAt ? held.value : undefined,
);

export const api = requests(
  () => held.value?.token,
  () => {
    held.value = undefined;
  },
  problemInWords,
);

/** What waits for a PIN: the dialog shows `purpose`; signed in, it runs. */
export interface PinWanted {
  purpose: string;
  run: () => void;
}
export const pinWanted = signal<PinWanted | undefined>(undefined);

/** Finds out whether somebody is signed in already, as after a reload. */
export async function resumeSession(): Promise<void> {
  try {
    held.value = await api.get('api/session', isSession);
  } catch {
    // Nobody is, or nothing can be reached: the first action will tell.
  }
}

/** @throws RequestError: 401 for a wrong PIN, 429 while locked */
export async function signIn(name: string, pin: string): Promise<void> {
  const answer = await api.send('api/session', { name, pin });
  if (!isSession(answer)) throw new RequestError(200, 'unexpected', 'api/session');
  held.value = answer;
}

/** Begins to wait for a badge at a reader. @throws RequestError: 409 where another page waits there */
export async function beginBadgeSignIn(reader: string): Promise<BadgeSignIn> {
  const answer = await api.send('api/session/badge', { reader });
  if (!isBadgeSignIn(answer)) throw new RequestError(200, 'unexpected', 'api/session/badge');
  return answer;
}
export const badgeSignIn = (until: AbortSignal) => api.get('api/session/badge', isBadgeSignIn, until);
export const giveUpBadgeSignIn = () =>
  void api.send('api/session/badge', undefined, 'DELETE').catch(() => undefined);
/** @throws RequestError: 401 for a wrong PIN */
export async function finishBadgeSignIn(pin?: string): Promise<void> {
  const answer = await api.send('api/session/badge/finish', pin === undefined ? {} : { pin });
  if (!isSession(answer)) throw new RequestError(200, 'unexpected', 'api/session/badge/finish');
  held.value = answer;
}

export async function signOut(): Promise<void> {
  await api.send('api/session', undefined, 'DELETE').catch(() => undefined);
  held.value = undefined;
}

/** Each use puts the end off: asks for the new one. */
function used(): void {
  void resumeSession();
}

/**
 * Does something that needs a person: asks for the PIN first where nobody is signed in, and again where the session
 * has just ended. What fails is said on the page.
 * @param purpose what for, above the keypad
 */
export function asPerson<Answer>(
  purpose: string,
  request: () => Promise<Answer>,
  done: (answer: Answer) => void,
  failed: (error: RequestError) => void = (error) => say(error.message, 'critical'),
): void {
  const attempt = () => {
    request().then(
      (answer) => {
        used();
        done(answer);
      },
      (error: unknown) => {
        if (!(error instanceof RequestError)) {
          say(text('site.failed'), 'critical');
          console.error(error);
        } else if (error.status === 401) pinWanted.value = { purpose, run: attempt };
        else failed(error);
      },
    );
  };
  if (session.value === undefined) pinWanted.value = { purpose, run: attempt };
  else attempt();
}

/** Arms or disarms. A refusal that names what is in the way is an answer, not an error. */
export async function setArming(mode: ArmingMode, bypass: readonly string[] = []): Promise<ArmingAnswer> {
  const response = await fetch('api/arming', {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'X-Gatehouse-Token': held.value?.token ?? '',
    },
    body: JSON.stringify({ mode, bypass }),
    signal: AbortSignal.timeout(15_000),
  }).catch(() => {
    throw new RequestError(0, 'unreachable', text('site.unreachable'));
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (isAnswer(answer)) return answer;
  if (response.status === 401) held.value = undefined;
  const problem = isProblem(answer) ? answer.error : undefined;
  const { code = 'refused', message = text('site.failed') } = problem ?? {};
  throw new RequestError(response.status, code, problemInWords(code, { ...problem }) ?? message);
}

export const acknowledge = (alarm: string) => api.send(`api/alarms/${encodeURIComponent(alarm)}/acknowledge`);
export const sawNotice = (notice: string) => api.send('api/notices/seen', { notice });
export async function silenceSirens(): Promise<SilencedSirens['silenced']> {
  const answer = await api.send('api/sirens/off');
  return isSilenced(answer) ? answer.silenced : [];
}
export const setSchedule = (entries: ArmingSchedule['entries']) =>
  api.send('api/arming/schedule', { entries }, 'PUT');
export const assignDevice = (device: string, assignment: InboxAssignment) =>
  api.send(`api/inbox/${encodeURIComponent(device)}/assign`, assignment);
export const takeOutOfUse = (device: string) =>
  api.send(`api/devices/${encodeURIComponent(device)}`, undefined, 'DELETE');
export const fetchTemperatures = (asset: string, from: number, to: number, until?: AbortSignal) =>
  api.get(
    `api/temperature?${new URLSearchParams({ asset, from: String(Math.round(from)), to: String(Math.round(to)) })}`,
    isHistory,
    until,
  );

/** A file that the gateway makes for a person who is signed in, with the name it gives it. @throws RequestError */
export async function fetchFile(path: string): Promise<{ blob: Blob; name: string }> {
  const response = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'X-Gatehouse-Token': held.value?.token ?? '' },
    signal: AbortSignal.timeout(60_000),
  }).catch(() => {
    throw new RequestError(0, 'unreachable', text('site.unreachable'));
  });
  if (response.status === 401) held.value = undefined;
  if (!response.ok) throw new RequestError(response.status, 'refused', text('site.failed'));
  const [, name = 'gatehouse'] =
    /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  return { blob: await response.blob(), name };
}
