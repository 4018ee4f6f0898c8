/** Passkeys (WebAuthn Level 3): made for an account, and shown to sign in. The key itself checks who holds it. */
import { randomBytes } from 'node:crypto';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { AccountProfile, Passkey } from '../account.ts';
import { Challenges } from './challenges.ts';

/** Where passkeys are bound to. */
export interface RelyingParty {
  /** A host, without scheme and port. */
  id: string;
  origin: string;
}

const text = z.string().max(16_384);
const extensions = z.record(z.string(), z.unknown());
/** `localStorage` of another browser may hold anything: what a browser answers is read by field. */
const attachment = z.enum(['cross-platform', 'platform']).nullish();

export const registrationAnswer = z.object({
  id: text,
  rawId: text,
  type: z.literal('public-key'),
  authenticatorAttachment: attachment,
  clientExtensionResults: extensions.default({}),
  response: z.object({
    clientDataJSON: text,
    attestationObject: z.string().max(65_536),
    transports: z.array(z.string().max(32)).max(8).optional(),
  }),
});
export type RegistrationAnswer = z.infer<typeof registrationAnswer>;

export const signInAnswer = z.object({
  id: text,
  rawId: text,
  type: z.literal('public-key'),
  authenticatorAttachment: attachment,
  clientExtensionResults: extensions.default({}),
  response: z.object({
    clientDataJSON: text,
    authenticatorData: text,
    signature: text,
    userHandle: text.nullish(),
  }),
});
export type SignInAnswer = z.infer<typeof signInAnswer>;

const newId = (): string => randomBytes(24).toString('base64url');

/** What WebAuthn calls a user's handle; says nothing of the person (section 14.6.1). */
export const newHandle = (): string => randomBytes(32).toString('base64url');

type Transport = 'ble' | 'cable' | 'hybrid' | 'internal' | 'nfc' | 'smart-card' | 'usb';
const known: ReadonlySet<string> = new Set([
  'ble',
  'cable',
  'hybrid',
  'internal',
  'nfc',
  'smart-card',
  'usb',
]);
const isTransport = (name: string): name is Transport => known.has(name);

export class Passkeys {
  readonly #challenges: Challenges<{ challenge: string; party: RelyingParty; account: string | undefined }>;

  constructor(elapsedMs: () => number) {
    this.#challenges = new Challenges(elapsedMs);
  }

  /** What a browser needs to make a key for an account. @throws TooMany */
  async beginRegistration(
    party: RelyingParty,
    account: string,
    { handle, passkeys }: Pick<AccountProfile, 'passkeys'> & { handle: string },
    from: string,
  ) {
    const options = await generateRegistrationOptions({
      rpName: 'Gatehouse',
      rpID: party.id,
      userName: account,
      userDisplayName: account,
      userID: Uint8Array.from(Buffer.from(handle, 'base64url')),
      attestationType: 'none',
      excludeCredentials: passkeys.map(({ id, transports }) => ({
        id,
        transports: transports.filter(isTransport),
      })),
      // Found by the browser without a name being typed, and never without finger, face or PIN.
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const id = newId();
    this.#challenges.put(id, { challenge: options.challenge, party, account }, from);
    return { id, options };
  }

  /** The key that was made; undefined where the answer does not prove one. */
  async endRegistration(
    id: string,
    account: string,
    answer: RegistrationAnswer,
  ): Promise<Omit<Passkey, 'name' | 'at'> | undefined> {
    const asked = this.#challenges.take(id);
    if (asked === undefined || asked.account !== account) return undefined;
    const { authenticatorAttachment, ...rest } = answer;
    const verified = await verifyRegistrationResponse({
      response: {
        ...rest,
        ...(authenticatorAttachment == null ? {} : { authenticatorAttachment }),
        response: {
          clientDataJSON: rest.response.clientDataJSON,
          attestationObject: rest.response.attestationObject,
        },
      },
      expectedChallenge: asked.challenge,
      expectedOrigin: asked.party.origin,
      expectedRPID: asked.party.id,
      requireUserVerification: true,
    }).catch(() => undefined);
    if (verified?.verified !== true) return undefined;
    const { credential, credentialBackedUp } = verified.registrationInfo;
    return {
      id: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: (answer.response.transports ?? []).filter(isTransport),
      isSynced: credentialBackedUp,
    };
  }

  /**
   * What a browser needs to show a key: any that it has for this place, or one of an account's.
   * @throws TooMany
   */
  async beginSignIn(
    party: RelyingParty,
    from: string,
    of?: { account: string; passkeys: readonly Passkey[] },
  ) {
    const options = await generateAuthenticationOptions({
      rpID: party.id,
      userVerification: 'required',
      allowCredentials: (of?.passkeys ?? []).map(({ id, transports }) => ({
        id,
        transports: transports.filter(isTransport),
      })),
    });
    const id = newId();
    this.#challenges.put(id, { challenge: options.challenge, party, account: of?.account }, from);
    return { id, options };
  }

  /** The key's counter after the answer; undefined where it does not prove that the key was there. */
  async endSignIn(
    id: string,
    account: string,
    { handle, passkeys }: Pick<AccountProfile, 'handle' | 'passkeys'>,
    answer: SignInAnswer,
  ): Promise<{ key: string; counter: number } | undefined> {
    const asked = this.#challenges.take(id);
    if (asked === undefined || (asked.account !== undefined && asked.account !== account)) return undefined;
    const key = passkeys.find((one) => one.id === answer.id);
    const { userHandle, ...response } = answer.response;
    if (key === undefined || (userHandle != null && userHandle !== '' && userHandle !== handle))
      return undefined;
    const { authenticatorAttachment, ...rest } = answer;
    const verified = await verifyAuthenticationResponse({
      response: {
        ...rest,
        ...(authenticatorAttachment == null ? {} : { authenticatorAttachment }),
        response: { ...response, ...(userHandle == null ? {} : { userHandle }) },
      },
      expectedChallenge: asked.challenge,
      expectedOrigin: asked.party.origin,
      expectedRPID: asked.party.id,
      credential: {
        id: key.id,
        publicKey: Uint8Array.from(Buffer.from(key.publicKey, 'base64url')),
        counter: key.counter,
        transports: key.transports.filter(isTransport),
      },
      requireUserVerification: true,
    }).catch(() => undefined);
    if (verified?.verified !== true) return undefined;
    return { key: key.id, counter: verified.authenticationInfo.newCounter };
  }
}
