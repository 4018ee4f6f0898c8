/** What name servers write of questions, through syslog: dnsmasq, BIND (`named`) and Unbound. */
import type { Facts } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { present } from './json-line.ts';
import type { Reported } from './source.ts';

/** Names under which they write. */
export const nameServers: ReadonlySet<string> = new Set(['dnsmasq', 'named', 'unbound']);

/** With `log-queries=extra` a number and the asker stand in front. */
const dnsmasq = /^(?:\d{1,12} (\S{1,64})\/\d{1,5} )?query\[([A-Z0-9]{1,10})\] (\S{1,255}) from (\S{1,64})$/;
/** What it answered: an address, or that there is none. `config` and `/etc/hosts` are its own. */
const dnsmasqAnswer =
  /^(?:\d{1,12} (\S{1,64})\/\d{1,5} )?(reply|cached|config) (\S{1,255}) is (NXDOMAIN(?:-IPv[46])?|NODATA(?:-IPv[46])?|<[A-Z]{1,10}>|\S{1,255})$/;
const named =
  /^(?:queries: )?(?:info: )?client (?:@0x[0-9a-f]{1,16} )?([0-9a-fA-F.:]{2,64}?)#\d{1,5} \(\S{1,255}\): (?:view \S{1,64}: )?query: (\S{1,255}) IN ([A-Z0-9]{1,10}) /;
const unbound = /^(?:\[[\d:]{1,20}\] )?info: ([0-9a-fA-F.:]{2,64}) (\S{1,255}) ([A-Z0-9]{1,10}) IN$/;

/** `Shop.Example.` is `shop.example`. */
export const domainOf = (name: string): string => name.toLowerCase().replace(/\.$/, '');

function asked(name: string, type: string, asker: string | undefined, service: string): Reported[] {
  const ip = addressOf(asker ?? '');
  const domain = domainOf(name);
  if (domain === '') return [];
  const facts: Facts = { type };
  return [
    {
      kind: 'domain.resolved',
      observables: present({ ip, domain }),
      facts,
      log: {
        category: 'dns',
        product: 'linux',
        service,
        fields: present({ query: domain, record_type: type, src_ip: ip }),
      },
    },
  ];
}

/** One message; empty: well-formed, nothing for us. Pure. */
export function readNameServer(text: string, service: string): Reported[] {
  if (service === 'dnsmasq') {
    const question = dnsmasq.exec(text);
    if (question !== null) return asked(question[3] ?? '', question[2] ?? '', question[4], service);
    const answer = dnsmasqAnswer.exec(text);
    // Only that there is no such name: what it is would be told for every part of an alias.
    if (answer === null || answer[4]?.startsWith('NXDOMAIN') !== true) return [];
    return asked(answer[3] ?? '', 'any', answer[1], service).map((one) => ({
      ...one,
      facts: { answered: true, succeeded: false, answer: 'NXDOMAIN' },
      ...(one.log === undefined
        ? {}
        : { log: { ...one.log, fields: { ...one.log.fields, answer: 'NXDOMAIN', rcode: 'NXDOMAIN' } } }),
    }));
  }
  if (service === 'named') {
    const question = named.exec(text);
    return question === null ? [] : asked(question[2] ?? '', question[3] ?? '', question[1], 'bind');
  }
  const question = unbound.exec(text);
  return question === null ? [] : asked(question[2] ?? '', question[3] ?? '', question[1], service);
}
