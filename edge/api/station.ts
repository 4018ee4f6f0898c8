import type { LineStatus } from '../transmission/transmitter.ts';
import type { StationStatus } from './contract.ts';

/** How the lines to the monitoring station are, for the page. */
export const stationStatus = (
  status: { waiting: number; givenUp: number; lines: readonly LineStatus[] } | undefined,
): StationStatus | undefined =>
  status === undefined
    ? undefined
    : {
        waiting: status.waiting,
        givenUp: status.givenUp,
        lines: status.lines.map(({ name, works, answeredAt, encrypted }) => ({
          name,
          encrypted,
          ...(works === undefined ? {} : { works }),
          ...(answeredAt === undefined ? {} : { answeredAt }),
        })),
      };
