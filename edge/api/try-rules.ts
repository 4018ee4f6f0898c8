/** What other settings would have raised: the gateway reads its own log and runs it through them. Nothing is changed. */
import { setImmediate as pause } from 'node:timers/promises';
import type { Detection } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { DurableOutbox } from '../outbox/open.ts';
import { type Recorded, recordedIn } from '../replay.ts';
import { type Refused, Replay } from '../replayed-site.ts';
import { kindOfRule } from '../rules/configuration.ts';
import type { ArmingMode, RulesTrial, TriedDetection, TriedRefusal } from './contract.ts';
import type { Judging } from './tried-settings.ts';

/** Records of one trial; beyond, the oldest are left out and that is said. */
export const MAX_TRIED = 200_000;
/** Detections that one answer names, of each side. */
const MAX_NAMED = 60;
const READ_AT_ONCE = { records: 2_000, bytes: 2 * 1024 * 1024 };
/** The doors come first: after so many observations the gateway looks at what has arrived meanwhile. */
const AT_ONCE = 500;
/** What came before is gone through, too, and not counted: by then doors, arming and rules stand as they stood. */
export const RUN_UP_MS = 24 * 3_600_000;

interface InLog {
  sequence: number;
  at: number;
  what: Recorded;
}

/** What the log has since then, in the order in which it was recorded. */
async function recorded(outbox: DurableOutbox, from: number): Promise<{ log: InLog[]; isWhole: boolean }> {
  const log: InLog[] = [];
  let isWhole = true;
  for (const lane of ['bulk', 'alarm'] as const) {
    for (let after = 0; ; ) {
      const records = await outbox.read(lane, after, READ_AT_ONCE);
      const last = records.at(-1)?.sequence;
      if (last === undefined) break;
      for (const { sequence, json } of records) {
        const isOfUse = json.includes('"observation"') || json.includes('"rule":"duress"');
        const what = isOfUse ? recordedIn(json) : undefined;
        if (typeof what !== 'object') continue;
        const at = what.type === 'observation' ? what.observation.receivedAt : what.detection.at;
        if (at >= from) log.push({ sequence, at, what });
      }
      after = last;
      if (log.length > MAX_TRIED) {
        isWhole = false;
        log.splice(0, log.length - MAX_TRIED);
      }
    }
  }
  return { log: log.sort((a, b) => a.sequence - b.sequence), isWhole };
}

/** How the site was armed when the log begins: what ended that says it. */
function armedAtFirst(log: readonly InLog[]): ArmingMode {
  for (const { what } of log) {
    if (what.type !== 'observation' || !what.observation.source.startsWith('gateway:')) continue;
    const { kind, facts } = what.observation;
    if (kind === 'alarm.armed') return 'disarmed';
    const mode = facts?.mode;
    if (kind === 'alarm.disarmed') return mode === 'away' || mode === 'night' ? mode : 'disarmed';
  }
  return 'disarmed';
}

interface Raised {
  detections: readonly Detection[];
  refused: readonly Refused[];
  troubles: string[];
}

async function raised(
  log: readonly InLog[],
  site: string,
  judging: Judging,
  { from, now }: { from: number; now: number },
): Promise<Raised> {
  const run = new Replay({ site, ...judging, armed: armedAtFirst(log), until: now });
  const detections = new Map<string, Detection>();
  const take = (made: readonly Detection[]) => {
    // The same one again, with more to it, is one alarm.
    for (const detection of made) if (detection.at >= from) detections.set(detection.id, detection);
  };
  for (let start = 0; start < log.length; start += AT_ONCE) {
    for (const { what } of log.slice(start, start + AT_ONCE))
      take(what.type === 'detection' ? run.feedDetection(what.detection) : run.feed(what.observation));
    await pause();
  }
  take(run.end());
  return {
    detections: [...detections.values()],
    refused: run.refused.filter(({ at }) => at >= from),
    troubles: run.troubles(),
  };
}

// Named by what set it off, not by the rule's own number: a rule that was given another name is the same alarm.
const keyOfDetection = ({ rule, at, assets }: Detection) => `${kindOfRule(rule)} ${at} ${assets.join(' ')}`;
const keyOfRefusal = ({ reader, presented }: Refused) => `${reader} ${presented}`;

/** What is in one alone, the newest first, and how many more there are than are named. */
function onlyIn<Each>(all: readonly Each[], others: readonly Each[], keyOf: (each: Each) => string) {
  const known = new Set(others.map(keyOf));
  const own = all.filter((each) => !known.has(keyOf(each)));
  return { named: own.slice(-MAX_NAMED).reverse(), more: Math.max(0, own.length - MAX_NAMED) };
}

/** @throws RangeError where a rule names what does not exist */
export async function tryRules(
  outbox: DurableOutbox,
  site: string,
  present: Judging,
  changed: Judging,
  { from, now }: { from: number; now: number },
): Promise<RulesTrial> {
  const { log, isWhole } = await recorded(outbox, from - RUN_UP_MS);
  const before = await raised(log, site, present, { from, now });
  const after = await raised(log, site, changed, { from, now });
  const added = onlyIn(after.detections, before.detections, keyOfDetection);
  const gone = onlyIn(before.detections, after.detections, keyOfDetection);
  const refused = onlyIn(after.refused, before.refused, keyOfRefusal);
  const letIn = onlyIn(before.refused, after.refused, keyOfRefusal);
  const counted = log.filter(({ at, what }) => what.type === 'observation' && at >= from);
  const { registry } = present;
  return {
    from: counted[0]?.at ?? now,
    to: now,
    observations: counted.length,
    isWhole,
    present: before.detections.length,
    changed: after.detections.length,
    presentRefused: before.refused.length,
    changedRefused: after.refused.length,
    added: added.named.map((each) => detectionNamed(each, registry)),
    gone: gone.named.map((each) => detectionNamed(each, registry)),
    refused: refused.named.map((each) => refusalNamed(each, registry)),
    letIn: letIn.named.map((each) => refusalNamed(each, registry)),
    moreAdded: added.more,
    moreGone: gone.more,
    moreRefused: refused.more,
    moreLetIn: letIn.more,
    troubles: after.troubles.slice(0, 20),
  };
}

const nameOf = (asset: string, registry: Registry): string => registry.asset(asset)?.name ?? asset;

const detectionNamed = (
  { id, at, rule, severity, summary, facts, assets }: Detection,
  registry: Registry,
): TriedDetection => ({
  id,
  at,
  rule,
  severity,
  summary,
  facts,
  assets: assets.map((asset) => ({ id: asset, name: nameOf(asset, registry) })),
});

const refusalNamed = ({ at, reader, because, identity }: Refused, registry: Registry): TriedRefusal => ({
  at,
  reader: nameOf(reader, registry),
  because,
  ...(identity !== undefined && { who: registry.identity(identity)?.name ?? identity }),
});
