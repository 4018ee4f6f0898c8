/** A gateway's place in a cloud: its key, its certificate, whom it trusts, and what time it is at least. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type ContactAnswer,
  type ContactRequest,
  contactAnswer,
  type EnrolmentCode,
  type Farewell,
  farewellStatement,
  type Joined,
  joined,
  MAX_BUNDLE_BYTES,
  type SignedBundle,
  signedBundle,
} from '../../devices/enrolment.ts';
import { identifier, instant } from '../../devices/model/identifiers.ts';
import { signingRequest } from '../certificates/der.ts';
import { writeWhole } from '../certificates/keeping.ts';
import type { Sealer } from '../sealing/sealing.ts';
import { ask } from './ask.ts';
import { authorityIn, boundedTime, type CloudPeer, connectTo, problemOf } from './cloud-trust.ts';

const kept = z.strictObject({
  gateway: identifier,
  site: identifier,
  authority: z.string(),
  signers: joined.shape.signers,
  door: z.strictObject({ host: z.string(), port: z.number().int() }),
  mqttPort: z.number().int().optional(),
  /** It is at least this late: the authority has said so. */
  floorMs: instant,
});
type Kept = z.infer<typeof kept>;

const sealedIdentity = z.strictObject({ certificate: z.string(), key: z.string() });
const SEALED_NAME = 'gateway identity';
/** Two thirds of a certificate's life: a third is left for clouds and lines that are down. */
const RENEW_AT = 2 / 3;

export const membershipFolder = (stateDirectory: string): string => join(stateDirectory, 'membership');
export const isMember = (stateDirectory: string): boolean =>
  existsSync(join(membershipFolder(stateDirectory), 'membership.json'));

interface Identity {
  certificate: X509Certificate;
  pem: { cert: string; key: string };
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

export class Membership {
  readonly #folder: string;
  readonly #sealer: Sealer;
  #kept: Kept;
  #identity: Identity;
  /** When the floor was learned, on the clock that never jumps. */
  #learnedAtMs = performance.now();

  private constructor(folder: string, sealer: Sealer, of: Kept, identity: Identity) {
    this.#folder = folder;
    this.#sealer = sealer;
    this.#kept = of;
    this.#identity = identity;
  }

  /** @throws Error where what is kept can't be read or was sealed on another machine */
  static open(stateDirectory: string, sealer: Sealer): Membership {
    const folder = membershipFolder(stateDirectory);
    const of = kept.parse(JSON.parse(readFileSync(join(folder, 'membership.json'), 'utf8')));
    const sealed = readFileSync(join(folder, 'identity.sealed'));
    const { certificate, key } = sealedIdentity.parse(
      JSON.parse(sealer.unseal(SEALED_NAME, sealed).toString('utf8')),
    );
    const parsed = new X509Certificate(certificate);
    if (!parsed.checkPrivateKey(createPrivateKey(key)))
      throw new Error(`${folder}: key and certificate do not belong together`);
    return new Membership(folder, sealer, of, {
      certificate: parsed,
      pem: { cert: certificate, key },
    });
  }

  /**
   * Makes a key, proves the cloud by the code's fingerprint before anything is said, and asks for a certificate.
   * The key is on disk before the question goes out: a lost answer is asked for again with the same code.
   * @throws CloudRefusal, or Error where the cloud can't be reached or is somebody else
   */
  static async join(
    code: EnrolmentCode,
    stateDirectory: string,
    sealer: Sealer,
    signal?: AbortSignal,
  ): Promise<Membership> {
    const folder = membershipFolder(stateDirectory);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const keys = keysIn(folder, sealer);
    let authority: X509Certificate | undefined;
    const peer = await connectTo(
      code,
      {},
      (leaf) => {
        authority = authorityIn(leaf, code.fingerprint);
        return authority === undefined
          ? 'this is not the cloud that the code is of: somebody may be in between'
          : problemOf(leaf, authority, 0);
      },
      signal,
    );
    if (authority === undefined) throw new Error('a peer that was taken has an authority');
    const answer = await ask(
      peer,
      {
        method: 'POST',
        path: '/enrol/v1/certificate',
        body: {
          secret: Buffer.from(code.secret).toString('base64url'),
          signingRequest: signingRequest(hostname().slice(0, 60), keys).toString('base64'),
        },
      },
      joined,
    );
    const identity = identityOf(answer, keys.privateKey, authority);
    const of: Kept = {
      ...placeIn(answer),
      authority: authority.toString(),
      door: { host: code.host, port: code.port },
      floorMs: boundedTime(answer.at, peer.leaf),
    };
    const membership = new Membership(folder, sealer, of, identity);
    membership.#keepIdentity(identity);
    membership.#keep(of);
    rmSync(join(folder, 'joining.sealed'), { force: true });
    return membership;
  }

  get gateway(): string {
    return this.#kept.gateway;
  }
  get site(): string {
    return this.#kept.site;
  }
  get signers(): readonly string[] {
    return this.#kept.signers;
  }
  get sealing() {
    return this.#sealer.kind;
  }
  get certificate(): X509Certificate {
    return this.#identity.certificate;
  }

  get addresses(): { mqttUrl?: string; httpsUrl: string } {
    const { door, mqttPort } = this.#kept;
    return {
      httpsUrl: `https://${door.host}:${door.port}`,
      ...(mqttPort === undefined ? {} : { mqttUrl: `mqtts://${door.host}:${mqttPort}` }),
    };
  }

  /** The time as the authority has told it, carried on by a clock that never jumps. */
  authorityNow(): number {
    return this.#kept.floorMs + Math.max(0, performance.now() - this.#learnedAtMs);
  }

  get isRenewalDue(): boolean {
    const { validFrom, validTo } = this.#identity.certificate;
    const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
    return this.authorityNow() >= from + (to - from) * RENEW_AT;
  }

  /** A connection to the cloud, both sides known. @throws Error */
  connect(address: { host: string; port: number }, signal?: AbortSignal): Promise<CloudPeer> {
    const authority = new X509Certificate(this.#kept.authority);
    const check = (leaf: X509Certificate | undefined) => problemOf(leaf, authority, this.authorityNow());
    return connectTo(address, this.#identity.pem, check, signal);
  }

  /** A new key and its certificate; connections that stand go on with the ones they have. */
  async renew(signal?: AbortSignal): Promise<void> {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const peer = await this.connect(this.#kept.door, signal);
    const body = { signingRequest: signingRequest(this.gateway, keys).toString('base64') };
    const answer = await ask(peer, { method: 'POST', path: '/enrol/v1/renew', body }, joined);
    if (answer.gateway !== this.gateway) throw new Error(`the certificate is for "${answer.gateway}"`);
    const identity = identityOf(answer, keys.privateKey, new X509Certificate(this.#kept.authority));
    this.#keepIdentity(identity);
    this.#identity = identity;
    this.#learned(answer.at, peer.leaf, placeIn(answer));
  }

  async contact(said: ContactRequest, signal?: AbortSignal): Promise<ContactAnswer> {
    const peer = await this.connect(this.#kept.door, signal);
    const question = { method: 'POST', path: '/enrol/v1/contact', body: said } as const;
    const answer = await ask(peer, question, contactAnswer);
    this.#learned(answer.at, peer.leaf, { signers: answer.signers });
    return answer;
  }

  async bundle(signal?: AbortSignal): Promise<SignedBundle> {
    const peer = await this.connect(this.#kept.door, signal);
    return ask(peer, { method: 'GET', path: '/enrol/v1/bundle' }, signedBundle, 3 * MAX_BUNDLE_BYTES);
  }

  /** What is said last, signed; kept where it can't be sent. */
  lastWord(reason: string, at: number): Farewell {
    const word = { gateway: this.gateway, at, reason };
    const key = createPrivateKey(this.#identity.pem.key);
    const signature = sign('sha256', Buffer.from(farewellStatement(word)), key).toString('base64');
    return { ...word, signature };
  }

  /** @throws where it does not arrive */
  async farewell(word: Farewell, signal?: AbortSignal): Promise<void> {
    const peer = await this.connect(this.#kept.door, signal);
    await ask(peer, { method: 'POST', path: '/enrol/v1/farewell', body: word }, z.unknown());
  }

  #learned(at: number, leaf: X509Certificate, also: Partial<Kept>): void {
    const told = boundedTime(at, leaf);
    // Never back: an older word of the authority, replayed, must not make an ended certificate good again.
    const floorMs = Math.max(told, this.#kept.floorMs);
    this.#learnedAtMs = performance.now();
    this.#keep({ ...this.#kept, ...also, floorMs });
  }

  #keep(of: Kept): void {
    this.#kept = of;
    writeWhole(join(this.#folder, 'membership.json'), JSON.stringify(of), 0o600);
  }

  #keepIdentity({ pem }: Identity): void {
    const text = JSON.stringify({ certificate: pem.cert, key: pem.key });
    const sealed = this.#sealer.seal(SEALED_NAME, Buffer.from(text));
    writeWhole(join(this.#folder, 'identity.sealed'), sealed, 0o600);
  }
}

const placeIn = ({ gateway, site, signers, mqttPort }: Joined) => ({
  gateway,
  site,
  signers,
  ...(mqttPort === undefined ? {} : { mqttPort }),
});

function identityOf(answer: Joined, key: KeyObject, authority: X509Certificate): Identity {
  const certificate = new X509Certificate(answer.certificate);
  if (!certificate.checkPrivateKey(key) || !certificate.verify(authority.publicKey))
    throw new Error('the certificate is not for this key, or not of this authority');
  return { certificate, pem: { cert: answer.certificate, key: pemOf(key) } };
}

/** The key that is being joined with: of an attempt before, whose answer was lost, or a new one. */
function keysIn(folder: string, sealer: Sealer): { publicKey: KeyObject; privateKey: KeyObject } {
  const file = join(folder, 'joining.sealed');
  if (existsSync(file)) {
    try {
      const privateKey = createPrivateKey(sealer.unseal('joining', readFileSync(file)).toString('utf8'));
      return { publicKey: createPublicKey(privateKey), privateKey };
    } catch {
      // Of another machine's seal: it has not been certified, a new one does as well.
    }
  }
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeWhole(file, sealer.seal('joining', Buffer.from(pemOf(keys.privateKey))), 0o600);
  return keys;
}
