import type { CameraProof } from '../../../edge/api/contract.ts';

/** A camera whose log-in was proved, and what it showed. */
export type Proved = Extract<CameraProof, { proved: true }>;
