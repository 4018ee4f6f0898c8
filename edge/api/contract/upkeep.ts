/** Walk test, back-up and restore. */
import type { AssetKind } from '../../../devices/model/asset.ts';

/** POST /api/walk-test begins one, POST /api/walk-test/end ends it; the page follows it live. */
export interface WalkTest {
  startedAt: number;
  endedAt?: number;
  by: string;
  points: {
    asset: string;
    name: string;
    kind: AssetKind;
    zone?: string;
    ask: 'open' | 'walk' | 'badge' | 'read';
    heardAt?: number;
  }[];
}

/** POST /api/backup {passphrase}: the sealed file. */
export interface BackupAnswer {
  name: string;
  base64: string;
  /** Files that lie elsewhere on this machine: to be carried over by hand. */
  leftOut: string[];
}

/** POST /api/restore {passphrase, base64}: it is in force once the gateway is started again. */
export interface RestoreAnswer {
  gateway: string;
  madeAt: string;
  files: number;
  assigned: number;
  /** Devices that were put to use at the page and have to be put to use again. */
  notAssigned: number;
}
