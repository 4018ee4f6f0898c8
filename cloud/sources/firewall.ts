/**
 * What packet filters write through syslog: netfilter (iptables, nftables, ufw) as messages of the kernel, and pf on
 * pfSense and OPNsense as `filterlog`. A prefix is the administrator's text and may say anything.
 */
import type { Facts } from '../../devices/model/observation.ts';
import { addressOf } from './address.ts';
import { present } from './json-line.ts';
import { fitText } from './plain-text.ts';
import type { Reported } from './source.ts';

/** The kernel's time since its start, then the prefix, then `IN=… OUT=… …`. */
const netfilter = /^(?:\[ {0,8}\d{1,10}\.\d{1,6}\] ?)?(.{0,64}?)(IN=\S{0,16} OUT=\S{0,16} .{1,2048})$/s;
const word = /(?:^| )([A-Z]{2,8})=(\S{0,128})/g;
const blocking = /\b(?:BLOCK|BLOCKED|DROP|DROPPED|DENY|DENIED|REJECT|REJECTED)\b/i;
const allowing = /\b(?:ALLOW|ALLOWED|ACCEPT|ACCEPTED|PASS|LOG|AUDIT)\b/i;
const MAX_WORDS = 40;

interface Packet {
  action: 'blocked' | 'allowed' | undefined;
  source: string | undefined;
  target: string | undefined;
  sourcePort: number | undefined;
  destinationPort: number | undefined;
  protocol: string | undefined;
  inward: string | undefined;
  outward: string | undefined;
  rule: string | undefined;
  flags?: string | undefined;
  length: number | undefined;
}

const portOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
const given = (text: string | undefined) => (text === '' ? undefined : text);

function reported(packet: Packet, service: string): Reported[] {
  const source = addressOf(packet.source ?? '');
  const target = addressOf(packet.target ?? '');
  if (source === undefined || target === undefined) return [];
  const { action, sourcePort, destinationPort, protocol, inward, outward, rule, length } = packet;
  const facts: Facts = present<string | number>({
    action,
    protocol: protocol?.toLowerCase(),
    sourcePort,
    destinationPort,
    inward,
    outward,
    rule,
    length,
  });
  return [
    {
      kind: 'network.connected',
      observables: { ip: source, 'destination-ip': target },
      facts,
      log: {
        category: 'firewall',
        product: service === 'filterlog' ? 'pf' : 'linux',
        service,
        fields: present<string | number>({
          action: action === 'allowed' ? 'allow' : action === 'blocked' ? 'deny' : undefined,
          blocked: action === 'blocked' ? 'true' : undefined,
          src_ip: source,
          dst_ip: target,
          src_port: sourcePort,
          dst_port: destinationPort,
          protocol,
          flags: packet.flags,
          rule,
        }),
      },
    },
  ];
}

/** A message of the kernel; empty: not one of the packet filter's. Pure. */
export function readNetfilter(text: string): Reported[] {
  const match = netfilter.exec(text);
  if (match === null) return [];
  const prefix = (match[1] ?? '').trim().replace(/^\[|[:[\]-]+$/g, '');
  // Behind an ICMP error stands, in brackets, the packet that it is about.
  const body = (match[2] ?? '').replace(/ \[.*$/s, '');
  const fields: Record<string, string> = {};
  let count = 0;
  for (const [, name = '', value = ''] of body.matchAll(word)) {
    fields[name] ??= value;
    if (++count === MAX_WORDS) break;
  }
  const flags = ['SYN', 'ACK', 'FIN', 'RST', 'PSH', 'URG'].filter((flag) =>
    ` ${body} `.includes(` ${flag} `),
  );
  return reported(
    {
      action: blocking.test(prefix) ? 'blocked' : allowing.test(prefix) ? 'allowed' : undefined,
      source: fields.SRC,
      target: fields.DST,
      sourcePort: portOf(fields.SPT),
      destinationPort: portOf(fields.DPT),
      protocol: given(fields.PROTO),
      inward: given(fields.IN),
      outward: given(fields.OUT),
      rule: prefix === '' ? undefined : fitText(prefix, 64),
      flags: flags.length === 0 ? undefined : flags.join(','),
      length: portOf(fields.LEN),
    },
    'iptables',
  );
}

/**
 * `rule,sub,anchor,tracker,interface,reason,action,direction,4,tos,ecn,ttl,id,offset,flags,6,tcp,60,source,
 * destination,sourcePort,destinationPort,…`; of IPv6: `…,6,class,flow,hoplimit,tcp,6,length,source,destination,…`.
 */
export function readFilterlog(text: string): Reported[] {
  const cells = text.split(',', 30);
  const [rule, , , tracker, inward, , action, direction, version] = cells;
  if (action === undefined || (version !== '4' && version !== '6')) return [];
  const at = version === '4' ? 18 : 15;
  const number = given(tracker) ?? given(rule);
  return reported(
    {
      action:
        action === 'block' || action === 'reject' ? 'blocked' : action === 'pass' ? 'allowed' : undefined,
      source: cells[at],
      target: cells[at + 1],
      sourcePort: portOf(cells[at + 2]),
      destinationPort: portOf(cells[at + 3]),
      protocol: given(version === '4' ? cells[16] : cells[12]),
      inward: direction === 'in' ? given(inward) : undefined,
      outward: direction === 'out' ? given(inward) : undefined,
      rule: number === undefined ? undefined : fitText(number, 64),
      length: portOf(version === '4' ? cells[17] : cells[14]),
    },
    'filterlog',
  );
}
