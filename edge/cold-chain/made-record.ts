/** A record as it is handed over: data, print, and the seal over both. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { recordCsv } from './csv.ts';
import { recordPdf } from './pdf.ts';
import { utcText } from './period.ts';
import type { ColdChainRecord } from './record.ts';
import { fingerprintOf, type Seal, type Statement, sealCsv, sealPdf } from './seal.ts';

export interface MadeRecord {
  record: ColdChainRecord;
  /** Without ending: `fridge-1-2026-11-22`. */
  name: string;
  csv: string;
  pdf: Uint8Array;
  seal: Seal;
}

export function madeRecord(
  record: ColdChainRecord,
  heads: Pick<Statement, 'journal' | 'log'>,
  key: KeyObject,
): MadeRecord {
  const csv = recordCsv(record);
  const seal = sealCsv(
    csv,
    {
      gateway: record.gateway,
      site: record.site.id,
      fridge: record.fridge.id,
      period: record.period.name,
      asOf: utcText(record.asOf),
      ...heads,
    },
    key,
  );
  const pdf = recordPdf(record, seal);
  return {
    record,
    name: `${record.fridge.id}-${record.period.name}`,
    csv,
    pdf,
    seal: sealPdf(seal, pdf, key),
  };
}

/** By which a record's seal is compared. */
export const keyFingerprint = (key: KeyObject): string =>
  fingerprintOf(createPublicKey(key).export({ type: 'spki', format: 'der' }));
