/** Gateways: who has joined, how each is, what is signed for it. */
import type { BundleState } from '../../../devices/enrolment.ts';

export interface GatewayRow {
  id: string;
  site: string;
  siteName: string;
  /** `token`: of the configuration, without a certificate. */
  state: 'enrolled' | 'token' | 'invited' | 'revoked' | 'reset';
  connected: boolean;
  lastSeenAt?: number;
  enrolledAt?: number;
  enrolledBy?: string;
  /** The newest certificate. */
  certificate?: { notBefore: number; notAfter: number };
  /** A code that can still be used. */
  code?: { expiresAt: number; createdBy: string };
  version?: string;
  sealing?: 'tpm' | 'pkcs11' | 'key-file' | 'none';
  /** Machine's clock less ours, where it is off by more than a minute. */
  clockOffMs?: number;
  /** What lies on it, by name: what has to be made anew after a theft. */
  secrets: string[];
  /** The newest that was signed, and what the gateway says of it. */
  bundle?: {
    counter: number;
    kind: 'configuration' | 'update';
    issuedAt: number;
    by: string;
    note: string;
    state: BundleState | 'waiting';
    detail: string;
  };
  ended?: { at: number; by: string; reason: string };
}

export interface GatewayList {
  items: GatewayRow[];
  /** Sites that a gateway could join. */
  sites: { id: string; name: string }[];
  /** Of the operator's authority; absent where there is none. */
  fingerprint?: string;
  may: { enrol: boolean; configure: boolean; revoke: boolean };
}

/** Shown once. */
export interface NewGatewayCode {
  text: string;
  expiresAt: number;
  /** One side of the square, and which of its modules are dark, row by row, as 0 and 1. */
  square: { size: number; modules: string };
}
