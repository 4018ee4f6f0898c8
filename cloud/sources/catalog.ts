import { accountLog } from './account-log.ts';
import { alertPost } from './alert-post.ts';
import type { SourceFormat } from './source.ts';
import { suricataEve } from './suricata-eve.ts';
import { syslog } from './syslog.ts';
import { webAccess } from './web-access.ts';

/** Every format that can be named in a configuration. A new one is one file and one line here. */
export const sourceFormats: readonly SourceFormat[] = [webAccess, syslog, suricataEve, accountLog, alertPost];
