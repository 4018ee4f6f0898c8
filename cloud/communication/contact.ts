/** What an observation says of who talked to whom. Pure. */
import type { Observation } from '../../devices/model/observation.ts';

/** One connection or question, as a sensor, a packet filter or a name server told it. */
export interface Contact {
  readonly id: string;
  readonly at: number;
  /** Address that began. */
  readonly from: string;
  /** Address that was called; of a question to a name server, the server, where it is known. */
  readonly to: string | undefined;
  readonly port: number | undefined;
  readonly protocol: string;
  /** Sent by the one who began. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Turned away or never answered. */
  readonly failed: boolean;
  /** Which log it stands in: one connection stands in several, each with a time of its own. */
  readonly form: string;
  /** The name that was asked for. */
  readonly domain: string | undefined;
  readonly question: string | undefined;
  readonly site: string;
  readonly source: string;
}

/** Zeek's states of connections that never came about. */
const unanswered: ReadonlySet<unknown> = new Set(['S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR', 'new']);

/** To everybody: says nothing about whom somebody talks to. */
const toEverybody = /^(?:22[4-9]\.|23\d\.|255\.|0\.0\.0\.0$|ff[0-9a-f]{2}:|(?:\d{1,3}\.){3}255$)/;

/** Undefined: tells nothing of talk. */
export function readContact(observation: Observation): Contact | undefined {
  const { observables, facts } = observation;
  const from = observables?.ip;
  if (from === undefined) return undefined;
  const isQuestion = observation.kind === 'domain.resolved';
  const to = observables?.['destination-ip'];
  if (!isQuestion && (to === undefined || toEverybody.test(to))) return undefined;
  const port = facts?.destinationPort;
  const { action, bytesOut, bytesIn } = facts ?? {};
  return {
    id: observation.id,
    at: observation.observedAt,
    from,
    to,
    port: typeof port === 'number' ? port : undefined,
    protocol: typeof facts?.protocol === 'string' ? facts.protocol.toLowerCase() : 'ip',
    bytesOut: typeof bytesOut === 'number' && bytesOut > 0 ? bytesOut : 0,
    bytesIn: typeof bytesIn === 'number' && bytesIn > 0 ? bytesIn : 0,
    failed: action === 'blocked' || action === 'failed' || unanswered.has(facts?.state),
    form: observation.log?.service ?? 'flow',
    domain: observables?.domain,
    question: isQuestion && typeof facts?.type === 'string' ? facts.type : undefined,
    site: observation.site,
    source: observation.source,
  };
}

/** Second parts under which everybody may register, where the country's own has two letters. */
const openSeconds: ReadonlySet<string> = new Set('co com net org gov edu ac ne or go gob'.split(' '));

/** The part of a name that somebody registered, by the shape of it; undefined for addresses turned round and bare names. */
export function registeredPart(name: string): string | undefined {
  const parts = name.split('.');
  const last = parts.at(-1) ?? '';
  if (parts.length < 2 || last === 'arpa' || last === 'local' || last === 'lan') return undefined;
  const open = last.length === 2 && openSeconds.has(parts.at(-2) ?? '');
  return parts.slice(open ? -3 : -2).join('.');
}

/** Bits by sign of a text, after Shannon. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
