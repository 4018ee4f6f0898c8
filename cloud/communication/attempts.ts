/** Machines and ports that were tried in vain. */
import type { Found } from '../monitors/monitor.ts';
import { rounded } from './bounded.ts';
import type { Directory } from './directory.ts';
import { found, inOrder, MAX_EVIDENCE, runsOf } from './finding.ts';
import { ATTEMPT_SLOT_MS, type Attempt, type DeviceMemory } from './memory.ts';
import type { CommunicationSettings } from './settings.ts';
import { nameOf, spanText } from './wording.ts';

interface Tried extends Attempt {
  at: number;
  id: string;
}

/** Many ports of one machine or one port of many, tried in vain, at whatever pace. */
export function judgeAttempts(
  memory: DeviceMemory,
  settings: CommunicationSettings,
  directory: Directory,
): Found[] {
  const { scan } = settings;
  const { party, attempts } = memory;
  return [...runsOf(attempts, Math.ceil(scan.pauseMs / ATTEMPT_SLOT_MS))].flatMap((run) => {
    const firsts = new Map<string, Tried>();
    for (const [, sample] of run)
      for (const { name, at, id, thing } of sample.entries()) {
        const known = firsts.get(name);
        if (known === undefined || inOrder({ at, id }, known) < 0) firsts.set(name, { at, id, ...thing });
      }
    const tried = [...firsts.values()].sort(inOrder);
    const ports = new Map<string, Set<number>>();
    const machines = new Map<string, Set<string>>();
    let reached: Tried | undefined;
    for (const one of tried) {
      const there = ports.get(one.to) ?? new Set();
      ports.set(one.to, there.add(one.port));
      const kind = `${one.isInside ? 'inside' : 'outside'} ${one.port}`;
      const at = machines.get(kind) ?? new Set();
      machines.set(kind, at.add(one.to));
      if (there.size >= scan.ports || at.size >= (one.isInside ? scan.machines : scan.outsideMachines))
        reached ??= one;
    }
    const first = tried[0];
    const last = tried.at(-1);
    if (reached === undefined || first === undefined || last === undefined) return [];
    const mostPorts = Math.max(...[...ports.values()].map(({ size }) => size));
    const span = last.at - first.at;
    const isSlow = reached.at - first.at > 2 * ATTEMPT_SLOT_MS;
    const shape = ports.size === 1 ? 'vertical' : mostPorts === 1 ? 'horizontal' : 'mixed';
    const what =
      ports.size === 1
        ? `${mostPorts} ports of ${nameOf(directory.party(first.to))}`
        : mostPorts === 1
          ? `port ${first.port} of ${ports.size} machines`
          : `up to ${mostPorts} ports of ${ports.size} machines`;
    return [
      found(memory, {
        anchor: `scan ${first.id}`,
        at: reached.at,
        severity: party.isOurs ? 'high' : 'low',
        summary: `${nameOf(party)} tried ${what} in vain within ${spanText(span)}: a ${isSlow ? 'slow ' : ''}scan`,
        facts: {
          shape,
          slow: isSlow,
          machines: ports.size,
          ports: mostPorts,
          seconds: Math.round(span / 1_000),
        },
        evidence: [...tried.slice(0, MAX_EVIDENCE / 2), ...tried.slice(-MAX_EVIDENCE / 2)].map(
          ({ id }) => id,
        ),
        tactic: party.isOurs ? 'T1046' : 'T1595',
        count: rounded(tried.length),
        parties: [...ports.keys()].map((address) => directory.party(address)),
      }),
    ];
  });
}
