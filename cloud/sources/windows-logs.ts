/** Which of Sigma's kinds of log a Windows event belongs to: by its channel, and of Sysmon by its number. */
import type { LogEntry } from '../../devices/model/observation.ts';

/** Channels, lower case, and Sigma's `service`. */
const services: Readonly<Record<string, string>> = {
  security: 'security',
  system: 'system',
  application: 'application',
  'microsoft-windows-sysmon/operational': 'sysmon',
  'microsoft-windows-powershell/operational': 'powershell',
  'powershellcore/operational': 'powershell',
  'windows powershell': 'powershell-classic',
  'microsoft-windows-windows defender/operational': 'windefend',
  'microsoft-windows-taskscheduler/operational': 'taskscheduler',
  'microsoft-windows-wmi-activity/operational': 'wmi',
  'microsoft-windows-ntlm/operational': 'ntlm',
  'microsoft-windows-dns-client/operational': 'dns-client',
  'dns server': 'dns-server',
  'microsoft-windows-dnsserver/analytical': 'dns-server-analytic',
  'microsoft-windows-driverframeworks-usermode/operational': 'driver-framework',
  'microsoft-windows-codeintegrity/operational': 'codeintegrity-operational',
  'microsoft-windows-bits-client/operational': 'bits-client',
  'microsoft-windows-smbclient/security': 'smbclient-security',
  'microsoft-windows-smbclient/connectivity': 'smbclient-connectivity',
  'microsoft-windows-smbserver/audit': 'smbserver-audit',
  'microsoft-windows-applocker/exe and dll': 'applocker',
  'microsoft-windows-applocker/msi and script': 'applocker',
  'microsoft-windows-applocker/packaged app-deployment': 'applocker',
  'microsoft-windows-applocker/packaged app-execution': 'applocker',
  'microsoft-windows-windows firewall with advanced security/firewall': 'firewall-as',
  'microsoft-windows-terminalservices-localsessionmanager/operational':
    'terminalservices-localsessionmanager',
  'microsoft-windows-appxdeploymentserver/operational': 'appxdeployment-server',
  'microsoft-windows-appmodel-runtime/admin': 'appmodel-runtime',
  'microsoft-windows-capi2/operational': 'capi2',
  'microsoft-windows-certificateservicesclient-lifecycle-system/operational':
    'certificateservicesclient-lifecycle-system',
  'microsoft-windows-diagnosis-scripted/operational': 'diagnosis-scripted',
  'microsoft-windows-iis-configuration/operational': 'iis-configuration',
  'microsoft-windows-ldap-client/debug': 'ldap',
  'microsoft-windows-lsa/operational': 'lsa-server',
  'microsoft-windows-openssh/operational': 'openssh',
  'microsoft-windows-printservice/admin': 'printservice-admin',
  'microsoft-windows-printservice/operational': 'printservice-operational',
  'microsoft-windows-security-mitigations/kernel mode': 'security-mitigations',
  'microsoft-windows-shell-core/operational': 'shell-core',
  'microsoft-windows-vhdmp/operational': 'vhdmp',
  'msexchange management': 'msexchange-management',
  'microsoft-servicebus-client': 'microsoft-servicebus-client',
};

const sysmon: Readonly<Record<number, string>> = {
  1: 'process_creation',
  2: 'file_change',
  3: 'network_connection',
  4: 'sysmon_status',
  5: 'process_termination',
  6: 'driver_load',
  7: 'image_load',
  8: 'create_remote_thread',
  9: 'raw_access_thread',
  10: 'process_access',
  11: 'file_event',
  12: 'registry_event',
  13: 'registry_set',
  14: 'registry_rename',
  15: 'create_stream_hash',
  16: 'sysmon_status',
  17: 'pipe_created',
  18: 'pipe_created',
  19: 'wmi_event',
  20: 'wmi_event',
  21: 'wmi_event',
  22: 'dns_query',
  23: 'file_delete',
  24: 'clipboard_capture',
  25: 'process_tampering',
  26: 'file_delete',
  27: 'file_block_executable',
  28: 'file_block_shredding',
  29: 'file_executable_detected',
  255: 'sysmon_error',
};

const registry: Readonly<Record<string, string>> = {
  CreateKey: 'registry_add',
  CreateValue: 'registry_add',
  DeleteKey: 'registry_delete',
  DeleteValue: 'registry_delete',
};

/** @param eventType Sysmon's `EventType`, which parts keys that are made from keys that are deleted */
export function windowsLogsource(
  channel: string,
  eventId: number,
  eventType: string | undefined,
): Omit<LogEntry, 'fields'> {
  const service = services[channel.toLowerCase()];
  let category: string | undefined;
  if (service === 'sysmon')
    category = (eventId === 12 ? registry[eventType ?? ''] : undefined) ?? sysmon[eventId];
  else if (service === 'security' && eventId === 4688) category = 'process_creation';
  else if (service === 'powershell' && eventId === 4103) category = 'ps_module';
  else if (service === 'powershell' && eventId === 4104) category = 'ps_script';
  else if (service === 'powershell-classic' && eventId === 400) category = 'ps_classic_start';
  else if (service === 'powershell-classic' && eventId === 600) category = 'ps_classic_provider_start';
  return {
    ...(category === undefined ? {} : { category }),
    product: 'windows',
    ...(service === undefined ? {} : { service }),
  };
}
