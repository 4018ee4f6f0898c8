import type {
  AccountList,
  ErasureReport,
  InvitedAccount,
  OwnAccount,
  PersonalDataState,
  RecoveryCodes,
  TotpBegun,
} from '../../../cloud/api/contract.ts';
import { type Check, RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

export const isOwnAccount = shaped<OwnAccount>({ name: 'string', passkeys: 'array', sessions: 'array' });
const isAccountList = shaped<AccountList>({ items: 'array', tenants: 'array', sites: 'array' });
const isData = shaped<PersonalDataState>({ policy: 'array', holds: 'array', people: 'array' });
export const isTotp = shaped<TotpBegun>({ id: 'string', secret: 'string', code: 'object' });
export const isCodes = shaped<RecoveryCodes>({ codes: 'array' });
export const isInvited = shaped<InvitedAccount>({ account: 'object', secret: 'string' });
export const isErased = shaped<ErasureReport>({ person: 'string', erased: 'array', kept: 'array' });
export const isDataState = isData;

export const fetchAccount = () => api.get('api/account', isOwnAccount);
export const fetchAccounts = () => api.get('api/accounts', isAccountList);
export const fetchData = (find: string) =>
  api.get(`api/personal-data?find=${encodeURIComponent(find)}`, isData);

export const accountPath = (name: string, verb?: string): string =>
  `api/accounts/${encodeURIComponent(name)}${verb === undefined ? '' : `/${verb}`}`;

/** @throws RequestError */
export async function sent<Answer>(
  check: Check<Answer>,
  path: string,
  body?: unknown,
  method: 'POST' | 'PUT' | 'DELETE' = 'POST',
): Promise<Answer> {
  const answer = await api.send(path, body, method);
  if (!check(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}
