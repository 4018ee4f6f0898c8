import type { IncidentSummary, StreamEvent } from '../../../cloud/api/contract.ts';
import { shaped } from '../../kit/request.ts';

const checks = {
  incident: shaped<IncidentSummary>({
    id: 'string',
    title: 'string',
    severity: 'string',
    state: 'string',
    priority: 'number',
    sites: 'array',
    assets: 'array',
    people: 'array',
    worlds: 'array',
  }),
  'incident-gone': shaped<{ id: string; into: string }>({ id: 'string', into: 'string' }),
  asset: shaped<Extract<StreamEvent, { type: 'asset' }>['data']>({
    site: 'string',
    asset: 'string',
    state: 'object',
  }),
  gateway: shaped<Extract<StreamEvent, { type: 'gateway' }>['data']>({ site: 'string', gateway: 'object' }),
  site: shaped<Extract<StreamEvent, { type: 'site' }>['data']>({ id: 'string', isOpen: 'boolean' }),
  clock: shaped<Extract<StreamEvent, { type: 'clock' }>['data']>({ now: 'number', rate: 'number' }),
  suppression: shaped<Extract<StreamEvent, { type: 'suppression' }>['data']>({
    id: 'string',
    rule: 'string',
  }),
  toolkit: shaped<Extract<StreamEvent, { type: 'toolkit' }>['data']>({ off: 'array' }),
  response: shaped<Extract<StreamEvent, { type: 'response' }>['data']>({
    id: 'string',
    incident: 'string',
    status: 'string',
  }),
  presence: shaped<Extract<StreamEvent, { type: 'presence' }>['data']>({
    incident: 'string',
    people: 'array',
  }),
  shift: shaped<Extract<StreamEvent, { type: 'shift' }>['data']>({}),
  scenario: shaped<Extract<StreamEvent, { type: 'scenario' }>['data']>({ id: 'string', running: 'boolean' }),
};

/** A message of the stream as an event, or undefined where it is not one that this page knows. Pure. */
export function eventOf(type: string, data: unknown): StreamEvent | undefined {
  if (type === 'incident' && checks.incident(data)) return { type, data };
  if (type === 'incident-gone' && checks['incident-gone'](data)) return { type, data };
  if (type === 'asset' && checks.asset(data)) return { type, data };
  if (type === 'gateway' && checks.gateway(data)) return { type, data };
  if (type === 'site' && checks.site(data)) return { type, data };
  if (type === 'clock' && checks.clock(data)) return { type, data };
  if (type === 'response' && checks.response(data)) return { type, data };
  if (type === 'scenario' && checks.scenario(data)) return { type, data };
  if (type === 'suppression' && checks.suppression(data)) return { type, data };
  if (type === 'toolkit' && checks.toolkit(data)) return { type, data };
  if (type === 'presence' && checks.presence(data)) return { type, data };
  if (type === 'shift' && checks.shift(data)) return { type, data: {} };
  return undefined;
}

/** Names of the stream's events, `restart` aside, which the connection handles. */
export const streamTypes: readonly string[] = Object.keys(checks);
