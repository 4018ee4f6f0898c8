import { describe, expect, it } from 'vitest';
import type { Observation } from '../../devices/model/observation.ts';
import { CommandLog, MAX_COMMANDS, SHOWN_FOR_MS } from './command-log.ts';

const AT = Date.UTC(2026, 10, 10, 9);
const seen = (kind: Observation['kind'], facts: Observation['facts'], at = AT): Observation => ({
  id: 'gateway-1/e/1',
  kind,
  site: 'shop',
  asset: kind === 'command.requested' ? 'gateway-1' : 'bolt',
  source: 'gateway-1',
  observedAt: at,
  receivedAt: at,
  clock: 'set',
  facts: facts ?? {},
});
const command = 'gateway-1/page/1/lock.lock/bolt';
const asked = { command, action: 'lock.lock', asset: 'bolt', by: 'Anna Weber' };

describe('what was asked for at the page', () => {
  it('is sent until the device itself says what came of it', () => {
    const log = new CommandLog();
    log.take(seen('command.requested', asked));
    expect(log.newest(AT)).toEqual([{ ...asked, at: AT, state: 'sent' }]);
    log.take(seen('command.executed', { ...asked, outcome: 'confirmed', detail: 'bolt reports' }, AT + 900));
    expect(log.newest(AT)).toEqual([{ ...asked, at: AT, state: 'confirmed', detail: 'bolt reports' }]);
    // Told once more, as after a restart: it was done all the same.
    log.take(seen('command.requested', asked, AT + 1_000));
    expect(log.newest(AT)[0]?.state).toBe('confirmed');
  });
  it('that came to nothing says how', () => {
    for (const outcome of ['unconfirmed', 'expired', 'refused', 'failed']) {
      const log = new CommandLog();
      log.take(seen('command.failed', { ...asked, outcome }));
      expect(log.newest(AT)).toMatchObject([{ asset: 'bolt', state: outcome }]);
    }
  });
  it('is forgotten after a while, and never too much; a rule’s commands are told with its alarm', () => {
    const log = new CommandLog();
    log.take(seen('command.failed', { ...asked, command: 'gateway-1/forced-open/siren.on/siren-1' }));
    expect(log.newest(AT)).toEqual([]);
    for (let each = 0; each <= MAX_COMMANDS; each++)
      log.take(seen('command.requested', { ...asked, command: `${command}-${each}` }, AT + each));
    const commands = log.newest(AT + MAX_COMMANDS);
    expect(commands).toHaveLength(MAX_COMMANDS);
    expect(commands[0]?.command).toBe(`${command}-${MAX_COMMANDS}`);
    expect(log.newest(AT + SHOWN_FOR_MS + MAX_COMMANDS)).toEqual([]);
  });
});
