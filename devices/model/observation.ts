import { z } from 'zod';
import { clockQuality } from './clock.ts';
import { identifier, instant, plainText } from './identifiers.ts';

/** Everything that can be seen, and in which world. A new word goes here first. */
export const observationKinds = {
  'door.opened': 'physical',
  'door.closed': 'physical',
  'lock.locked': 'physical',
  'lock.unlocked': 'physical',
  'lock.jammed': 'physical',
  'motion.started': 'physical',
  'motion.stopped': 'physical',
  'tamper.started': 'physical',
  'tamper.stopped': 'physical',
  'siren.started': 'physical',
  'siren.stopped': 'physical',
  'battery.low': 'physical',
  'battery.normal': 'physical',
  'battery.measured': 'physical',
  'temperature.measured': 'physical',
  'humidity.measured': 'physical',
  'power.measured': 'physical',
  'energy.measured': 'physical',
  'voltage.measured': 'physical',
  'current.measured': 'physical',
  'frequency.measured': 'physical',
  'load.measured': 'physical',
  'weight.measured': 'physical',
  'setting.reported': 'physical',
  'power.failed': 'physical',
  'power.restored': 'physical',
  'goods.quarantined': 'physical',
  'goods.released': 'physical',
  'goods.discarded': 'physical',
  'fault.started': 'physical',
  'fault.stopped': 'physical',
  'position.reported': 'physical',
  'zone.left': 'physical',
  'zone.entered': 'physical',
  'item.scanned': 'physical',
  'object.detected': 'physical',
  'badge.presented': 'physical',
  'access.granted': 'physical',
  'access.denied': 'physical',
  'access.pending': 'physical',
  'delivery.checked': 'physical',
  'handover.proved': 'physical',
  'handover.refused': 'physical',
  'exit.requested': 'physical',
  'camera.obscured': 'physical',
  'camera.restored': 'physical',
  'camera.role-failed': 'physical',
  'camera.role-restored': 'physical',
  'camera.storage-failed': 'physical',
  'camera.storage-restored': 'physical',
  'camera.clock-wrong': 'physical',
  'camera.clock-corrected': 'physical',
  'camera.restarted': 'physical',
  'camera.replaced': 'physical',
  'camera.login-failed': 'cyber',
  'signal.lost': 'physical',
  'signal.restored': 'physical',
  'line.crossed': 'physical',
  'field.entered': 'physical',
  'field.left': 'physical',
  'input.activated': 'physical',
  'input.deactivated': 'physical',
  'door.alarm-started': 'physical',
  'door.alarm-stopped': 'physical',
  'duress.signalled': 'physical',
  'picture.taken': 'physical',
  'device.online': 'physical',
  'device.offline': 'physical',
  'alarm.armed': 'physical',
  'alarm.disarmed': 'physical',
  'alarm.arming-refused': 'physical',
  'alarm.schedule-changed': 'physical',
  'alarm.acknowledged': 'physical',
  'gateway.started': 'physical',
  'gateway.records-lost': 'physical',
  'gateway.disk-low': 'physical',
  'gateway.disk-normal': 'physical',
  'gateway.outbox-filling': 'physical',
  'gateway.outbox-normal': 'physical',
  'gateway.hot': 'physical',
  'gateway.cooled': 'physical',
  'gateway.overloaded': 'physical',
  'gateway.load-normal': 'physical',
  'gateway.memory-low': 'physical',
  'gateway.memory-normal': 'physical',
  'clock.set': 'physical',
  'clock.unset': 'physical',
  'configuration.changed': 'physical',
  'transmission.failed': 'physical',
  'transmission.restored': 'physical',
  'command.requested': 'physical',
  'command.executed': 'physical',
  'command.failed': 'physical',
  'login.failed': 'cyber',
  'login.succeeded': 'cyber',
  'account.elevated': 'cyber',
  'web.requested': 'cyber',
  'network.alerted': 'cyber',
  'host.logged': 'cyber',
  'account.changed': 'cyber',
  'process.started': 'cyber',
  'file.changed': 'cyber',
  'network.connected': 'cyber',
  'domain.resolved': 'cyber',
  'page.violated': 'cyber',
  'page.fetched': 'cyber',
  'page.unreachable': 'cyber',
  'page.defaced': 'cyber',
  'page.policy-weakened': 'cyber',
  'script.added': 'cyber',
  'script.changed': 'cyber',
  'form.changed': 'cyber',
  'frame.added': 'cyber',
  'certificate.seen': 'cyber',
  'order.changed': 'cyber',
  'cart.changed': 'cyber',
  'refund.issued': 'cyber',
  'stock.changed': 'cyber',
  'payment.decided': 'cyber',
  'payment.challenged': 'cyber',
  'payment.disputed': 'cyber',
  'payout.changed': 'cyber',
} as const;
export type ObservationKind = keyof typeof observationKinds;
export const observationKind = z.enum(
  Object.keys(observationKinds) as [ObservationKind, ...ObservationKind[]],
);

/** Who was involved, in the words of the source; the registry resolves them to an identity. */
export const subjects = z.strictObject({
  badge: z.string().max(64).optional(),
  account: z.string().max(128).optional(),
  identity: identifier.optional(),
});
export type Subjects = z.infer<typeof subjects>;

/** At most this many observables or details on one observation: more is a source gone wrong. */
export const MAX_FIELDS = 32;

/** Things seen beside it that others may have seen too: `ip`, `user-agent`, `path`, `host`, `signature`. */
export const observables = z
  .record(z.string().max(64), z.string().max(512))
  .refine((fields) => Object.keys(fields).length <= MAX_FIELDS, `at most ${MAX_FIELDS} observables`);
export type Observables = z.infer<typeof observables>;

/** Flat facts for people and rules. */
export const facts = z
  .record(z.string().max(64), z.union([z.string().max(512), z.number(), z.boolean()]))
  .refine((fields) => Object.keys(fields).length <= MAX_FIELDS, `at most ${MAX_FIELDS} facts`);
export type Facts = z.infer<typeof facts>;

/** Fields of a log entry, and their length together: a command line is long, a whole document is none. */
export const MAX_LOG_FIELDS = 64;
export const MAX_LOG_TEXT = 8_192;
export const MAX_LOG_LENGTH = 32_768;

/**
 * What kind of log an observation comes from, in Sigma's words (`process_creation`, `windows`, `sysmon`), and the
 * log's own fields by their own names, for rules that are written for such logs.
 */
export const logEntry = z
  .strictObject({
    category: z.string().max(64).optional(),
    product: z.string().max(64).optional(),
    service: z.string().max(64).optional(),
    fields: z.record(z.string().max(128), z.union([z.string().max(MAX_LOG_TEXT), z.number(), z.boolean()])),
  })
  .refine(({ fields }) => Object.keys(fields).length <= MAX_LOG_FIELDS, `at most ${MAX_LOG_FIELDS} fields`)
  .refine(
    ({ fields }): boolean => logLength(fields) <= MAX_LOG_LENGTH,
    `at most ${MAX_LOG_LENGTH} characters`,
  );
export type LogEntry = z.infer<typeof logEntry>;

/** Characters of the names and the texts. */
export function logLength(fields: Readonly<Record<string, string | number | boolean>>): number {
  let length = 0;
  for (const [name, value] of Object.entries(fields))
    length += name.length + (typeof value === 'string' ? value.length : 0);
  return length;
}

/** One thing seen, by one source, of one asset. Its id follows from where it was recorded. */
export const observation = z.strictObject({
  /** `<recorder>/<epoch>/<sequence>`: see recordId in wire.ts. */
  id: z.string().max(256),
  kind: observationKind,
  site: identifier,
  asset: identifier,
  /** Who said so: a device's address (`zigbee2mqtt:0x00158d…`), a log (`web-access:shop`), the gateway. */
  source: plainText.max(256),
  observedAt: instant,
  receivedAt: instant,
  clock: clockQuality,
  /** In the unit the kind implies: °C, % relative humidity, % battery, W, kWh, V, A, Hz, % load, kg; a setting's in the device's own. */
  value: z.number().optional(),
  subjects: subjects.optional(),
  observables: observables.optional(),
  facts: facts.optional(),
  /** Where it was read from a log. */
  log: logEntry.optional(),
});
export type Observation = z.infer<typeof observation>;
