import type { RiskDecision, RiskDecisions, RiskRegister } from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isRegister = shaped<RiskRegister>({ rows: 'array', mitigations: 'array', annual: 'number' });
const isDecisions = shaped<RiskDecisions>({ items: 'array', catalogues: 'array', sites: 'array' });

async function sent(path: string, body: object, method?: 'PUT'): Promise<RiskDecisions> {
  const answer = await api.send(path, body, method);
  if (!isDecisions(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}

export const fetchRegister = () => api.get('api/risk', isRegister);
export const fetchDecisions = () => api.get('api/risk/decisions', isDecisions);
export const putDecision = (decision: Omit<RiskDecision, 'by' | 'at' | 'isDue'>) =>
  sent('api/risk/decisions', decision, 'PUT');
export const withdrawDecision = (row: string) => sent('api/risk/decisions/withdraw', { row });
export const adopt = (id: string, inPlace: boolean) => sent('api/risk/mitigations', { id, inPlace }, 'PUT');
export const chooseCatalogue = (site: string, catalogue: string | undefined) =>
  sent('api/risk/catalogues', { site, ...(catalogue === undefined ? {} : { catalogue }) }, 'PUT');
