/** The rules over what the watch saw of pages, certificates and files; one monitor a rule. */
import type { AnyMonitor } from '../../monitors/monitor.ts';
import { certificateChanged, certificateExpiring } from './certificates.ts';
import { fileChanged } from './files.ts';
import { defaced, formTarget, paymentFrame, policyWeakened } from './pages.ts';
import { newScript, scriptChanged } from './scripts.ts';

/** Every rule over pages, certificates and files. */
export const integrityMonitors: readonly AnyMonitor[] = [
  newScript,
  scriptChanged,
  formTarget,
  paymentFrame,
  policyWeakened,
  defaced,
  certificateChanged,
  certificateExpiring,
  fileChanged,
];
