/** The browser's passkeys. Its library is fetched when somebody presses the button, not with the page. */
import type { OwnAccount, PasskeyAsked } from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api, entered } from '../session.ts';

const isAsked = shaped<PasskeyAsked>({ id: 'string', options: 'object' });
const isAccount = shaped<OwnAccount>({ name: 'string', passkeys: 'array', sessions: 'array' });

/** The person closed the browser's dialog, or had no key. */
export class NoKeyShown extends Error {
  constructor() {
    super('no passkey was shown');
    this.name = 'NoKeyShown';
  }
}

async function asked(path: string): Promise<PasskeyAsked> {
  const answer = await api.send(path, {});
  if (!isAsked(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}

type Library = typeof import('@simplewebauthn/browser');
type ShowOptions = Parameters<Library['startAuthentication']>[0]['optionsJSON'];
type MakeOptions = Parameters<Library['startRegistration']>[0]['optionsJSON'];

/** What the server sent is what the browser's own checks take or refuse. */
const isFor = <Options>(options: unknown): options is Options =>
  typeof options === 'object' && options !== null && 'challenge' in options;

async function shown(path: string): Promise<{ id: string; answer: unknown }> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const { id, options } = await asked(path);
  if (!isFor<ShowOptions>(options)) throw new RequestError(200, 'unexpected', path);
  try {
    return { id, answer: await startAuthentication({ optionsJSON: options }) };
  } catch {
    throw new NoKeyShown();
  }
}

/** @throws NoKeyShown @throws RequestError */
export async function signInWithPasskey(): Promise<void> {
  entered(await api.send('api/sign-in/passkey', await shown('api/sign-in/passkey/begin')));
}

/** @throws NoKeyShown @throws RequestError */
export async function confirmWithPasskey(): Promise<void> {
  await api.send('api/session/confirm', await shown('api/session/confirm/begin'));
}

/** @throws NoKeyShown @throws RequestError */
export async function makePasskey(name: string): Promise<OwnAccount> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  const { id, options } = await asked('api/account/passkeys/begin');
  if (!isFor<MakeOptions>(options)) throw new RequestError(200, 'unexpected', 'api/account/passkeys/begin');
  let answer: unknown;
  try {
    answer = await startRegistration({ optionsJSON: options });
  } catch {
    throw new NoKeyShown();
  }
  const account = await api.send('api/account/passkeys', { id, name, answer });
  if (!isAccount(account)) throw new RequestError(200, 'unexpected', 'api/account/passkeys');
  return account;
}
