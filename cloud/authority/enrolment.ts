/** How a gateway joins and stays: a code for a certificate, a certificate for the next one. */
import { createHash, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { type Joined, writeCode } from '../../devices/enrolment.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { DEFAULT_TENANT } from '../../devices/model/site.ts';
import type { AuditEntry, Store } from '../store/store.ts';
import type { Authority } from './authority.ts';
import { keyOfRequest, spkiOf } from './certificate.ts';
import {
  CODE_KIND,
  type CodeVerdict,
  codeId,
  GuessCounter,
  judgeCode,
  type KeptCode,
  keptCode,
  MAX_CODE_MS,
  MAX_OPEN_CODES,
  MIN_CODE_MS,
  newSecret,
} from './codes.ts';
import type { Identified, Roster } from './roster.ts';

/** Why something can't be done, fit for whoever asked. */
export class EnrolmentProblem extends Error {
  readonly code: 'shut' | 'code' | 'request' | 'site' | 'taken' | 'too-many' | 'lifetime';
  constructor(code: EnrolmentProblem['code'], message: string) {
    super(message);
    this.name = 'EnrolmentProblem';
    this.code = code;
  }
}

export interface EnrolmentParts {
  store: Pick<Store, 'document' | 'documents' | 'putDocuments' | 'audit'>;
  registry: Registry;
  authority: Authority;
  roster: Roster;
  /** Real time: certificates go by it. */
  now(): number;
  certificateMs: number;
  /** Where gateways find the door; the port may be known later than the rest. */
  address(): { host: string; port: number };
  mqttPort(): number | undefined;
}

const saidOf: Readonly<Record<Exclude<CodeVerdict, 'good' | 'again'>, string>> = {
  unknown: 'There is no such code.',
  expired: 'The code has expired: ask for a new one.',
  used: 'The code was used already: if that was not you, tell the desk.',
  withdrawn: 'The code was withdrawn.',
};

export class Enrolment {
  readonly guesses: GuessCounter;
  readonly #parts: EnrolmentParts;
  /** Secrets that are being worked on: one use of a code at a time. */
  readonly #underWay = new Set<string>();

  constructor(parts: EnrolmentParts, guesses = new GuessCounter()) {
    this.#parts = parts;
    this.guesses = guesses;
  }

  /** Codes that could still be used. */
  open(): KeptCode[] {
    const now = this.#parts.now();
    return this.#codes().filter(
      (code) => code.used === undefined && code.withdrawn === undefined && code.expiresAt > now,
    );
  }

  /** @throws EnrolmentProblem */
  async newCode(
    wanted: { gateway: string; site: string; lifetimeMs: number },
    { by, from, at }: Pick<AuditEntry, 'by' | 'from' | 'at'>,
  ): Promise<{ text: string; expiresAt: number }> {
    const { registry, roster, authority, store, now, address } = this.#parts;
    const { gateway, site, lifetimeMs } = wanted;
    const there = registry.site(site);
    if (there === undefined) throw new EnrolmentProblem('site', `There is no site "${site}".`);
    const known = roster.gateways.find(({ id }) => id === gateway);
    if (known !== undefined && known.site !== site)
      throw new EnrolmentProblem('taken', `"${gateway}" is a gateway of another site.`);
    if (lifetimeMs < MIN_CODE_MS || lifetimeMs > MAX_CODE_MS)
      throw new EnrolmentProblem('lifetime', 'A code lasts between five minutes and a day.');
    const open = this.open();
    if (open.length >= MAX_OPEN_CODES)
      throw new EnrolmentProblem('too-many', `There are ${MAX_OPEN_CODES} open codes already.`);
    const secret = newSecret();
    const issuedAt = now();
    const code: KeptCode = {
      id: codeId(secret),
      gateway,
      site,
      tenant: there.tenant ?? DEFAULT_TENANT,
      createdAt: issuedAt,
      createdBy: by,
      expiresAt: issuedAt + lifetimeMs,
    };
    const { host, port } = address();
    const fingerprint = authority.fingerprint;
    const text = writeCode({ secret, fingerprint, host: isIP(host) === 6 ? `[${host}]` : host, port });
    // One gateway has one code: an older one that lies on somebody's desk is good for nothing.
    const older = open.filter((one) => one.gateway === gateway);
    const gone = this.#codes().filter((one) => one.expiresAt + MAX_CODE_MS < issuedAt);
    await store.putDocuments(
      [
        ...gone.map(({ id }) => ({ kind: CODE_KIND, id, value: undefined })),
        ...older.map((one) => ({
          kind: CODE_KIND,
          id: one.id,
          value: { ...one, withdrawn: { at: issuedAt, by } },
        })),
        { kind: CODE_KIND, id: code.id, value: code, expected: 0 },
      ],
      { at, by, from, action: 'gateway-code-made', about: `${gateway} at ${site}` },
    );
    return { text, expiresAt: code.expiresAt };
  }

  /** @returns false where there is no open code of that gateway */
  async withdraw(
    gateway: string,
    { by, from, at }: Pick<AuditEntry, 'by' | 'from' | 'at'>,
  ): Promise<boolean> {
    const open = this.open().filter((one) => one.gateway === gateway);
    if (open.length === 0) return false;
    const withdrawn = { at: this.#parts.now(), by };
    await this.#parts.store.putDocuments(
      open.map((one) => ({ kind: CODE_KIND, id: one.id, value: { ...one, withdrawn } })),
      { at, by, from, action: 'gateway-code-withdrawn', about: gateway },
    );
    return true;
  }

  /**
   * A code for a certificate.
   * @throws EnrolmentProblem
   */
  async join(secret: Uint8Array, request: Uint8Array, from: string, at: number): Promise<Joined> {
    const { store, roster, now, registry } = this.#parts;
    if (this.guesses.isShut(from))
      throw new EnrolmentProblem('shut', 'Too many wrong codes: try again in ten minutes.');
    const key = keyOfRequest(request);
    if ('problem' in key) throw new EnrolmentProblem('request', key.problem);
    const id = codeId(secret);
    const code = this.#code(id);
    const keyHash = createHash('sha256').update(spkiOf(key)).digest('hex');
    const verdict = judgeCode(code, keyHash, now());
    if (code === undefined || (verdict !== 'good' && verdict !== 'again')) {
      this.guesses.wrong(from);
      const about = code === undefined ? 'unknown code' : `${code.gateway}: ${verdict}`;
      await store.audit({ at, by: code?.gateway ?? '', from, action: 'gateway-code-refused', about });
      throw new EnrolmentProblem(
        'code',
        saidOf[verdict === 'good' || verdict === 'again' ? 'unknown' : verdict],
      );
    }
    const site = registry.site(code.site);
    // The site has gone over to somebody else since: the code was made for its owner then.
    if (site === undefined || (site.tenant ?? DEFAULT_TENANT) !== code.tenant)
      throw new EnrolmentProblem(
        'site',
        `The site "${code.site}" is not what it was when the code was made.`,
      );
    if (verdict === 'again' && roster.isCutOff(code.gateway)) throw new EnrolmentProblem('code', saidOf.used);
    if (this.#underWay.has(id)) throw new EnrolmentProblem('code', saidOf.used);
    this.#underWay.add(id);
    try {
      const certificate = this.#certify(code.gateway, key);
      const joinedAt = now();
      const enrolledAt = verdict === 'again' ? (roster.get(code.gateway)?.enrolledAt ?? joinedAt) : joinedAt;
      const used = code.used ?? { at: joinedAt, from: from.slice(0, 64), key: keyHash };
      await roster.certified(
        {
          id: code.gateway,
          site: code.site,
          state: 'enrolled',
          enrolledAt,
          enrolledBy: code.createdBy,
        },
        certificate,
        {
          at,
          by: code.createdBy,
          from,
          action: 'gateway-enrolled',
          about: `${code.gateway} at ${code.site}`,
        },
        [{ kind: CODE_KIND, id, value: { ...code, used } }],
      );
      return this.#answer(code.gateway, code.site, certificate.toString());
    } finally {
      this.#underWay.delete(id);
    }
  }

  /**
   * The next certificate; the one that asks goes on until it ends.
   * @throws EnrolmentProblem
   */
  async renew({ entry }: Identified, request: Uint8Array, from: string, at: number): Promise<Joined> {
    const key = keyOfRequest(request);
    if ('problem' in key) throw new EnrolmentProblem('request', key.problem);
    const certificate = this.#certify(entry.id, key);
    const { certificates: _before, ...rest } = entry;
    await this.#parts.roster.certified(rest, certificate, {
      at,
      by: entry.id,
      from,
      action: 'gateway-certificate-renewed',
      about: `${entry.id}: ${certificate.serialNumber}`,
    });
    return this.#answer(entry.id, entry.site, certificate.toString());
  }

  #certify(gateway: string, key: KeyObject) {
    return this.#parts.authority.certify(gateway, key, this.#parts.certificateMs);
  }

  #answer(gateway: string, site: string, certificate: string): Joined {
    const { authority, now } = this.#parts;
    const mqttPort = this.#parts.mqttPort();
    return {
      gateway,
      site,
      certificate,
      authority: authority.certificate.toString(),
      signers: authority.signers,
      at: now(),
      ...(mqttPort === undefined ? {} : { mqttPort }),
    };
  }

  #code(id: string): KeptCode | undefined {
    const document = this.#parts.store.document(CODE_KIND, id);
    return document === undefined ? undefined : keptCode.parse(document.value);
  }

  #codes(): KeptCode[] {
    return this.#parts.store.documents(CODE_KIND).map(({ value }) => keptCode.parse(value));
  }
}
