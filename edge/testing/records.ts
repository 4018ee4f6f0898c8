/** For tests only: what a stopped gateway has on its disk. */
import { systemClock } from '../../devices/model/clock.ts';
import { uplinkRecord } from '../../devices/wire.ts';
import { openOutbox } from '../outbox/open.ts';
import { signingKeyIn } from '../signing-key.ts';

/** Everything that it has recorded. */
export async function recordsIn(folder: string) {
  const outbox = await openOutbox({
    directory: `${folder}/state/outbox`,
    gateway: 'gateway-1',
    signingKey: signingKeyIn(`${folder}/state`),
    clock: systemClock,
    onFatal: (error) => {
      throw error;
    },
  });
  try {
    const lanes = await Promise.all(
      (['alarm', 'bulk'] as const).map((lane) => outbox.read(lane, 0, { records: 5_000, bytes: 10_000_000 })),
    );
    return lanes.flat().map(({ json }) => uplinkRecord.parse(JSON.parse(json)).body);
  } finally {
    await outbox.close();
  }
}

export const observationsIn = async (folder: string, kind: string) =>
  (await recordsIn(folder)).flatMap((body) =>
    body.type === 'observation' && body.observation.kind === kind ? [body.observation] : [],
  );
