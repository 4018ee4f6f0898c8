/** What the gateway asks of a reader on `reader/<node>/command`, and what is said to the reader for it. */
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import { durationMs, instant } from '../../devices/model/identifiers.ts';
import { type Colour, type Command, colours, type LedOrder } from '../osdp/command.ts';
import type { Order } from '../osdp/reader-state.ts';
import { atLeastReal, COMMAND_LIFETIME_MS } from './timing.ts';

const MAX_COMMAND_BYTES = 1_024;
const MIN_REAL_LIFETIME_MS = 2_000;
/** Longest time that OSDP's timers hold: 65,535 tenths of a second. */
const MAX_TIMER_MS = 6_553_500;
const MAX_TEXT_SECONDS = 255;

const timerMs = durationMs.min(100).max(MAX_TIMER_MS);

const wanted = z
  .object({
    /** A relay: a lock, a siren. With `forMs` it falls back by itself. */
    output: z.number().int().min(0).max(63).optional(),
    on: z.boolean().optional(),
    forMs: timerMs.optional(),
    buzzer: z.enum(['on', 'off', 'beep']).optional(),
    beeps: z.number().int().min(1).max(20).default(1),
    led: z.enum(colours).optional(),
    blink: z.boolean().default(false),
    text: z.string().max(64).optional(),
    /** Light and sound that people know: come in, no, and one thing more is wanted of you. */
    show: z.enum(['granted', 'denied', 'waiting']).optional(),
    issuedAt: instant.optional(),
    lifetimeMs: durationMs.max(3_600_000).optional(),
  })
  .refine(({ output, on }) => (output === undefined) === (on === undefined), 'output and on go together')
  .refine(
    ({ output, buzzer, led, text, show }) =>
      [output, buzzer, led, text, show].filter((each) => each !== undefined).length === 1,
    'expected one of output, buzzer, led, text, show',
  );

export type ReaderOrder = Pick<Order, 'about' | 'command'> & Partial<Pick<Order, 'readback'>>;

export interface ReaderCommand {
  orders: ReaderOrder[];
  /** On the bridge's clock; not done by then, it is dead. */
  expiresAt: number;
  /** For the log. */
  what: string;
}

const led = (order: Omit<LedOrder, 'reader' | 'led'>): ReaderOrder => ({
  about: 'led',
  command: { kind: 'led', orders: [{ reader: 0, led: 0, ...order }] },
});
const steady = (colour: Colour) => ({ onTenths: 1, offTenths: 0, on: colour, off: 'off' as const });
const blinking = (colour: Colour) => ({ onTenths: 2, offTenths: 2, on: colour, off: 'off' as const });
const tenthsOf = (ms: number): number => Math.max(1, Math.round(ms / 100));
const beep = (onTenths: number, offTenths: number, count: number): Command => ({
  kind: 'buzzer',
  reader: 0,
  tone: 'default',
  onTenths,
  offTenths,
  count,
});

const shown: Record<'granted' | 'denied' | 'waiting', ReaderOrder[]> = {
  granted: [
    led({ temporary: { blink: steady('green'), tenths: 30 }, permanent: undefined }),
    { about: 'signal', command: beep(1, 1, 1) },
  ],
  denied: [
    led({ temporary: { blink: blinking('red'), tenths: 20 }, permanent: undefined }),
    { about: 'signal', command: beep(1, 1, 3) },
  ],
  waiting: [led({ temporary: { blink: blinking('amber'), tenths: 200 }, permanent: undefined })],
};

/**
 * Reads `reader/<node>/command`. Never throws.
 * @param clock the bridge's, from which a command without `issuedAt` counts
 */
export function readReaderCommand(payload: Uint8Array, clock: Clock): ReaderCommand | { refused: string } {
  if (payload.byteLength > MAX_COMMAND_BYTES) return { refused: `more than ${MAX_COMMAND_BYTES} bytes` };
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return { refused: 'no JSON' };
  }
  const parsed = wanted.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { refused: [issue?.path.join('.'), issue?.message].filter(Boolean).join(': ') };
  }
  const { issuedAt, lifetimeMs, ...want } = parsed.data;
  const lifetime = atLeastReal(clock, lifetimeMs ?? COMMAND_LIFETIME_MS, MIN_REAL_LIFETIME_MS);
  const orders = ordersFor(want);
  const what = orders.map(({ about }) => about).join(', ');
  return { orders, what, expiresAt: (issuedAt ?? clock.now()) + lifetime };
}

function ordersFor(want: Omit<z.infer<typeof wanted>, 'issuedAt' | 'lifetimeMs'>): ReaderOrder[] {
  const { output, on = false, forMs } = want;
  if (output !== undefined) {
    const action = forMs === undefined ? (on ? 'on' : 'off') : on ? 'on-for' : 'off-for';
    const tenths = forMs === undefined ? 0 : tenthsOf(forMs);
    return [
      {
        about: `output:${output}`,
        command: { kind: 'output', orders: [{ output, action, tenths }] },
        readback: { output, isOn: on },
      },
    ];
  }
  if (want.buzzer !== undefined) {
    const command: Command =
      want.buzzer === 'off'
        ? { kind: 'buzzer', reader: 0, tone: 'off', onTenths: 0, offTenths: 0, count: 0 }
        : want.buzzer === 'on'
          ? beep(5, 5, 0)
          : beep(1, 1, want.beeps);
    return [{ about: want.buzzer === 'beep' ? 'signal' : 'buzzer', command }];
  }
  if (want.led !== undefined) {
    const colour = want.blink ? blinking(want.led) : steady(want.led);
    return [
      forMs === undefined
        ? led({ temporary: 'cancel', permanent: colour })
        : led({ temporary: { blink: colour, tenths: tenthsOf(forMs) }, permanent: undefined }),
    ];
  }
  if (want.text !== undefined) {
    const seconds = forMs === undefined ? 0 : Math.min(MAX_TEXT_SECONDS, Math.ceil(forMs / 1_000));
    const text = want.text.replaceAll(/[^\x20-\x7e]/g, '?');
    const how = forMs === undefined ? 'permanent-wrapped' : 'temporary-wrapped';
    return [{ about: 'text', command: { kind: 'text', reader: 0, how, seconds, row: 1, column: 1, text } }];
  }
  return want.show === undefined ? [] : shown[want.show];
}
