/** What the cloud has signed for its gateways: the newest bundle of each, with a counter that never goes back. */
import { z } from 'zod';
import {
  type BundleStatement,
  bundleStatement,
  MAX_BUNDLE_BYTES,
  type SignedBundle,
  signedBundle,
} from '../../devices/enrolment.ts';
import type { AuditEntry, Store } from '../store/store.ts';
import type { Authority } from './authority.ts';
import type { Roster } from './roster.ts';

const KIND = 'gateway-bundle';

const kept = z.strictObject({
  statement: bundleStatement,
  bundle: signedBundle,
});
export type KeptBundle = z.infer<typeof kept>;

type WithoutMarks<One> = One extends unknown ? Omit<One, 'gateway' | 'counter' | 'issuedAt' | 'by'> : never;
/** What a person stages. */
export type StagedBundle = WithoutMarks<BundleStatement>;

export interface BundlesParts {
  store: Pick<Store, 'document' | 'putDocuments'>;
  authority: Pick<Authority, 'signBundle'>;
  roster: Pick<Roster, 'get'>;
  now(): number;
}

export class Bundles {
  readonly #parts: BundlesParts;
  constructor(parts: BundlesParts) {
    this.#parts = parts;
  }

  newest(gateway: string): KeptBundle | undefined {
    const document = this.#parts.store.document(KIND, gateway);
    return document === undefined ? undefined : kept.parse(document.value);
  }

  counterOf(gateway: string): number {
    return this.newest(gateway)?.statement.counter ?? 0;
  }

  /**
   * Signs what is to be in force at a gateway from now on. An older state is not gone back to: it is signed anew.
   * @throws RangeError where it is too large; DocumentChanged where somebody staged something at the same moment
   */
  async stage(
    gateway: string,
    staged: StagedBundle,
    { by, from, at }: Pick<AuditEntry, 'by' | 'from' | 'at'>,
  ): Promise<BundleStatement> {
    const { store, authority, roster, now } = this.#parts;
    const document = store.document(KIND, gateway);
    const before = document === undefined ? 0 : kept.parse(document.value).statement.counter;
    // After a restore from a back-up the gateway may know a later one than we do.
    const counter = Math.max(before, roster.get(gateway)?.contact?.bundle.counter ?? 0) + 1;
    const statement = bundleStatement.parse({ ...staged, gateway, counter, issuedAt: now(), by });
    const text = JSON.stringify(statement);
    if (Buffer.byteLength(text) > MAX_BUNDLE_BYTES)
      throw new RangeError(`a bundle has at most ${MAX_BUNDLE_BYTES} bytes`);
    const bundle: SignedBundle = authority.signBundle(text);
    const about = `${gateway}: ${statement.kind} ${counter}${statement.note === '' ? '' : ` (${statement.note})`}`;
    await store.putDocuments(
      [{ kind: KIND, id: gateway, value: { statement, bundle }, expected: document?.revision ?? 0 }],
      { at, by, from, action: 'gateway-bundle-signed', about },
    );
    return statement;
  }
}
