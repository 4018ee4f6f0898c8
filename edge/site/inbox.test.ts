import { describe, expect, it } from 'vitest';
import { celsius, contact } from './fixture.ts';
import { Inbox, inWords, MAX_INBOX_DEVICES } from './inbox.ts';

describe('the inbox', () => {
  it('is bounded: the device that was heard least recently makes room', () => {
    const inbox = new Inbox();
    for (let number = 0; number < MAX_INBOX_DEVICES; number++)
      inbox.note({ device: `shelly:${number}`, readings: [] }, 'shelly', number);
    inbox.note({ device: 'shelly:0', readings: [] }, 'shelly', 1_000);
    inbox.note({ device: 'shelly:new', readings: [] }, 'shelly', 1_001);
    expect(inbox.list()).toHaveLength(MAX_INBOX_DEVICES);
    expect(inbox.get('shelly:0')).toBeDefined();
    expect(inbox.get('shelly:1')).toBeUndefined();
    expect(inbox.dropped).toBe(1);
    expect(inbox.list()[0]?.device).toBe('shelly:new');
  });

  it('tells what each part has said, how often, and how often it was something else', () => {
    const inbox = new Inbox();
    const say = (...readings: Parameters<typeof inWords>) =>
      inbox.note({ device: 'shelly:i4', readings }, 'shelly', 1);
    say(contact('closed', 'input:0'));
    say(contact('open', 'input:1'));
    say(contact('open', 'input:1'));
    say(contact('closed', 'input:1'));
    expect(inbox.get('shelly:i4')?.heard).toEqual([
      { part: 'input:0', what: 'contact', value: 'closed', times: 1, changes: 1 },
      { part: 'input:1', what: 'contact', value: 'closed', times: 3, changes: 2 },
    ]);
    expect(inbox.states('shelly:i4').map(({ part, value }) => [part, value])).toEqual([
      ['input:0', 'closed'],
      ['input:1', 'closed'],
    ]);
  });

  it('says the last reading in words', () => {
    expect(inWords(contact('open'))).toBe('contact open');
    expect(inWords(contact('open', 'input:0'))).toBe('input:0: contact open');
    expect(inWords(celsius(4.6))).toBe('temperature 4.6 °C');
    expect(
      inWords({ type: 'moment', part: 'badge', moment: 'badge-presented', subjects: { badge: '04A1' } }),
    ).toBe('badge 04A1');
  });
});
