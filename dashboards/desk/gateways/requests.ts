import type { GatewayList, NewGatewayCode } from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isList = shaped<GatewayList>({ items: 'array', sites: 'array', may: 'object' });
const isCode = shaped<NewGatewayCode>({ text: 'string', square: 'object' });

async function changed(answer: Promise<unknown>): Promise<GatewayList> {
  const list = await answer;
  if (!isList(list)) throw new RequestError(200, 'unexpected', 'api/gateways');
  return list;
}
const path = (id: string, rest: string) => `api/gateways/${encodeURIComponent(id)}/${rest}`;

export const fetchGateways = () => api.get('api/gateways', isList);
export const withdrawCode = (id: string) => changed(api.send(path(id, 'code'), undefined, 'DELETE'));
export const revoke = (id: string, reason: string) => changed(api.send(path(id, 'revoke'), { reason }));
export const signConfiguration = (id: string, configuration: string, note: string) =>
  changed(api.send(path(id, 'bundle'), { kind: 'configuration', configuration, note }));

export async function makeCode(gateway: string, site: string, lifetimeMs: number): Promise<NewGatewayCode> {
  const code = await api.send('api/gateways/codes', { gateway, site, lifetimeMs });
  if (!isCode(code)) throw new RequestError(200, 'unexpected', 'api/gateways/codes');
  return code;
}
