import type {
  AlertChain,
  AlertingPage,
  AlertPreferences,
  NewAlertDevice,
  SentAlerts,
} from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isPage = shaped<AlertingPage>({ preferences: 'object', devices: 'array', chains: 'array' });
const isSent = shaped<SentAlerts>({ items: 'array' });

async function changed(answer: Promise<unknown>): Promise<AlertingPage> {
  const page = await answer;
  if (!isPage(page)) throw new RequestError(200, 'unexpected', 'api/alerting');
  return page;
}

export const fetchAlerting = () => api.get('api/alerting', isPage);
export const fetchSent = () => api.get('api/alerting/sent', isSent);
export const savePreferences = (wanted: AlertPreferences) =>
  changed(api.send('api/alerting/preferences', wanted, 'PUT'));
export const addDevice = (device: NewAlertDevice) => changed(api.send('api/alerting/devices', device));
export const removeDevice = (id: string) =>
  changed(api.send(`api/alerting/devices/${encodeURIComponent(id)}`, undefined, 'DELETE'));
export const saveChain = (chain: AlertChain) =>
  changed(api.send(`api/alerting/chains/${encodeURIComponent(chain.id)}`, chain, 'PUT'));
export const removeChain = (id: string) =>
  changed(api.send(`api/alerting/chains/${encodeURIComponent(id)}`, undefined, 'DELETE'));

/** Sends oneself a word. @returns by how many ways */
export async function sendTrial(): Promise<number> {
  const answer = await api.send('api/alerting/trial', {});
  return typeof answer === 'object' && answer !== null && 'ways' in answer ? Number(answer.ways) : 0;
}
