/** The identity bridge: people, devices, couriers and parcels prove who they are with verifiable credentials. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import { identifier } from '../../devices/model/identifiers.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { recordId } from '../../devices/wire.ts';
import {
  type Credential,
  credentialType,
  openCredential,
  type RefusalReason,
  Refused,
} from './credential.ts';
import { did, type Fetch, Resolver } from './did.ts';
import { type HandOver, type HandOverPlace, handOverIn, recordsOf } from './hand-over.ts';
import { Issuer } from './issuer.ts';
import { Nonces } from './nonces.ts';
import { StatusLists } from './status-list.ts';
import { believed, openPresentation, required, type Trust, trustedRoot } from './verification.ts';

/** Settings of the identity bridge in the cloud's configuration. */
export const identityBridgeSettings = z.strictObject({
  enabled: z.boolean().default(true),
  /** did:web that this installation issues as; without it a did:key of its own. */
  did: did.optional(),
  /** Where others reach this cloud. */
  address: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://localhost:8443'),
  /** Whom else to believe, and for what. The installation itself is believed for everything. */
  roots: z.array(trustedRoot).max(1_000).default([]),
  /** Hosts (with a port other than 443) that may be asked for documents of did:web and for status lists. */
  hosts: z.array(z.string().min(1).max(253)).max(1_000).default([]),
  /** Devices that check hand-overs: each with where it stands and the SHA-256 of its token. */
  verifiers: z
    .array(
      z.strictObject({
        name: identifier,
        asset: identifier,
        tokenSha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits'),
      }),
    )
    .max(10_000)
    .default([]),
  /** How long a question may wait for its answer, in the site's time. */
  nonceMs: z.number().int().min(1_000).max(3_600_000).default(120_000),
});
export type IdentityBridgeSettings = z.infer<typeof identityBridgeSettings>;
export type Verifier = IdentityBridgeSettings['verifiers'][number];

export interface BridgeParts {
  settings: IdentityBridgeSettings;
  folder: string;
  registry: Registry;
  clock: Clock;
  /** Resolves once stored. */
  commit(observations: readonly Observation[], detections: readonly Detection[]): Promise<void>;
  fetch?: Fetch;
}

/** What a verifier wants to see. */
export const wanted = z.strictObject({
  type: credentialType,
  claims: z.record(z.string().max(64), z.union([z.string().max(128), z.number(), z.boolean()])).default({}),
});
export type Wanted = z.infer<typeof wanted>;

export type Outcome<Proved> = { accepted: true; proved: Proved } | { accepted: false; refused: Refused };

const RECORDER = 'cloud-identity-bridge';

export class IdentityBridge {
  readonly issuer: Issuer;
  readonly #parts: BridgeParts;
  readonly #trust: Trust;
  readonly #nonces: Nonces;
  readonly #epoch = randomBytes(8).toString('hex');
  #sequence = 0;
  /** Hand-overs proved and refused, other checks accepted and not, and refusals of both by reason, since the start. */
  readonly counts = {
    proved: 0,
    refused: 0,
    accepted: 0,
    notAccepted: 0,
    reasons: new Map<RefusalReason, number>(),
  };

  /** @throws Error where the key or the register can't be read, or a verifier's asset is not known */
  constructor(parts: BridgeParts) {
    const { settings, folder, registry, clock } = parts;
    this.#parts = parts;
    for (const { name, asset } of settings.verifiers)
      if (registry.asset(asset) === undefined)
        throw new Error(`identityBridge.verifiers (${name}): there is no asset "${asset}" in the registry`);
    this.issuer = new Issuer({ folder, did: settings.did, address: settings.address });
    const over = parts.fetch === undefined ? {} : { fetch: parts.fetch };
    const resolver = new Resolver({ hosts: settings.hosts, ...over });
    const { signer, raw } = this.issuer;
    resolver.know(signer.did, signer.method, raw);
    const lists = new StatusLists({ resolver, hosts: settings.hosts, ...over });
    const own = signer.did;
    this.#trust = {
      resolver,
      roots: [{ did: own, issues: credentialType.options }, ...settings.roots],
      now: () => clock.now(),
      isRevoked: async ({ list, index }, issuer) =>
        (issuer === own ? this.issuer.isRevoked(list, index) : undefined) ??
        lists.isRevoked(list, index, issuer, clock.now()),
    };
    this.#nonces = new Nonces(settings.nonceMs, () => clock.monotonicMs());
  }

  /** The verifier whose token this is. */
  verifier(token: string): Verifier | undefined {
    if (token.length > 512) return undefined;
    const given = createHash('sha256').update(token).digest();
    return this.#parts.settings.verifiers.find(({ tokenSha256 }) =>
      timingSafeEqual(given, Buffer.from(tokenSha256, 'hex')),
    );
  }

  /** A question for whoever wants to prove something to this verifier. */
  challenge({ name }: Verifier): { nonce: string; audience: string; expiresInMs: number } {
    return { ...this.#nonces.make(name), audience: this.audience(name) };
  }

  audience(verifier: string): string {
    return `${this.#parts.settings.address}/verifiers/${verifier}`;
  }

  /** Whether a holder has what is wanted: an age, a seller's licence, a device's identity. */
  async verify(jwt: string, by: Verifier, wants: Wanted): Promise<Outcome<Credential>> {
    const outcome = await outcomeOf(async () => {
      const { holder, jwts } = await this.#open(jwt, by);
      const credentials = await believed(jwts, holder, this.#trust);
      return required({ holder, credentials }, wants.type, wants.claims);
    });
    this.counts[outcome.accepted ? 'accepted' : 'notAccepted']++;
    this.#countReason(outcome);
    return outcome;
  }

  /** A courier hands a parcel over: what came of it is stored before it is told. */
  async handOver(jwt: string, parcel: string, by: Verifier): Promise<Outcome<HandOver>> {
    const { registry, clock, commit } = this.#parts;
    let holder: string | undefined;
    let jwts: string[] = [];
    const outcome = await outcomeOf(async () => {
      ({ holder, jwts } = await this.#open(jwt, by));
      const credentials = await believed(jwts, holder, this.#trust);
      return handOverIn({ holder, credentials }, parcel);
    });
    const place: HandOverPlace = {
      id: recordId(RECORDER, this.#epoch, ++this.#sequence),
      at: clock.now(),
      verifier: by.name,
      asset: by.asset,
      site: registry.asset(by.asset)?.site ?? '',
      parcel,
    };
    const records = outcome.accepted
      ? recordsOf(place, { handOver: outcome.proved, holder: holder ?? '' }, registry)
      : recordsOf(place, await this.#whoFailed(outcome.refused, holder, jwts), registry);
    await commit([records.observation], records.detection === undefined ? [] : [records.detection]);
    this.counts[outcome.accepted ? 'proved' : 'refused']++;
    this.#countReason(outcome);
    return outcome;
  }

  #countReason(outcome: Outcome<unknown>): void {
    if (outcome.accepted) return;
    const { reasons } = this.counts;
    reasons.set(outcome.refused.reason, (reasons.get(outcome.refused.reason) ?? 0) + 1);
  }

  /** Whose courier it was, where the installation's or a carrier's signature at least holds. */
  async #whoFailed(refused: Refused, holder: string | undefined, jwts: readonly string[]) {
    if (holder === undefined) return { refused };
    for (const jwt of jwts) {
      const one = await openCredential(jwt, this.#trust.resolver).catch(() => undefined);
      if (
        one?.type === 'CourierCredential' &&
        one.subject === holder &&
        refused.reason !== 'untrusted-issuer'
      )
        return { refused, holder, courier: String(one.claims.courier) };
    }
    return { refused, holder };
  }

  #open(jwt: string, { name }: Verifier): Promise<{ holder: string; jwts: string[] }> {
    const audience = this.audience(name);
    return openPresentation(
      jwt,
      { audience, useNonce: (nonce) => this.#nonces.use(nonce, name) },
      this.#trust,
    );
  }
}

async function outcomeOf<Proved>(prove: () => Promise<Proved>): Promise<Outcome<Proved>> {
  try {
    return { accepted: true, proved: await prove() };
  } catch (error) {
    if (error instanceof Refused) return { accepted: false, refused: error };
    throw error;
  }
}
