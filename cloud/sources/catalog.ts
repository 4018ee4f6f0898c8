import { accountLog } from './account-log.ts';
import { alertPost } from './alert-post.ts';
import { auditd } from './auditd.ts';
import { cspReport } from './csp-report.ts';
import { integrityReport } from './integrity-report.ts';
import { ocsfIn } from './ocsf-in.ts';
import { paymentService } from './payment-service.ts';
import { shopEvent } from './shop-event.ts';
import type { SourceFormat } from './source.ts';
import { suricataEve } from './suricata-eve.ts';
import { syslog } from './syslog.ts';
import { wazuh } from './wazuh.ts';
import { webAccess } from './web-access.ts';
import { webError } from './web-error.ts';
import { windowsEvent } from './windows-event.ts';
import { woocommerce } from './woocommerce.ts';
import { zeek } from './zeek.ts';

/** Every format that can be named in a configuration. A new one is one file and one line here. */
export const sourceFormats: readonly SourceFormat[] = [
  webAccess,
  webError,
  syslog,
  auditd,
  windowsEvent,
  suricataEve,
  zeek,
  wazuh,
  ocsfIn,
  alertPost,
  accountLog,
  shopEvent,
  woocommerce,
  paymentService,
  cspReport,
  integrityReport,
];
