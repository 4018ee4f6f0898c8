import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { homeAssistant } from './home-assistant.ts';
import { samples } from './home-assistant-samples.ts';

const encoder = new TextEncoder();
const profile = homeAssistant(() => false);

const say = (memory: ReturnType<typeof profile.memory>, topic: string, payload: string) =>
  profile.read({ topic, payload: encoder.encode(payload), retained: false, receivedAt: 0 }, memory);

const announcements = samples
  .flatMap((sample) => [...(sample.after ?? []), sample])
  .filter(({ topic, payload }) => topic.endsWith('/config') && payload !== '');

describe('what is announced', () => {
  it('leaves nothing behind when it is taken away, in whatever order and however often', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ from: fc.constantFrom(...announcements), id: fc.nat(3), gone: fc.boolean() })),
        (steps) => {
          const memory = profile.memory();
          const topics = new Set<string>();
          for (const { from, id, gone } of steps) {
            const topic = from.topic.replace('/config', `${id}/config`);
            topics.add(topic);
            say(memory, topic, gone ? '' : String(from.payload));
            say(memory, 'yard/0AFFD2/status', 'online');
            say(memory, 'hub/status', 'offline');
          }
          for (const topic of topics) say(memory, topic, '');
          expect(memory).toEqual(profile.memory());
          expect(memory.announced.size).toBe(0);
        },
      ),
    );
  });

  it('announced anew, the newest document holds', () => {
    const memory = profile.memory();
    const topic = 'homeassistant/binary_sensor/door/config';
    const document = (stateTopic: string) =>
      JSON.stringify({ uniq_id: 'd', dev_cla: 'door', stat_t: stateTopic, dev: { ids: ['d'] } });
    say(memory, topic, document('old'));
    say(memory, topic, document('new'));
    expect(say(memory, 'old', 'ON')).toEqual({ heard: [] });
    expect(say(memory, 'new', 'ON')).toMatchObject({ heard: [{ device: 'home-assistant:d' }] });
  });

  it('a broken document does not take the working one with it', () => {
    const memory = profile.memory();
    const topic = 'homeassistant/binary_sensor/door/config';
    say(memory, topic, '{"uniq_id":"d","dev_cla":"door","stat_t":"door"}');
    expect(say(memory, topic, '{"uniq_id":')).toHaveProperty('refused');
    expect(say(memory, 'door', 'OFF')).toMatchObject({ heard: [{ readings: [{ value: 'closed' }] }] });
  });
});
