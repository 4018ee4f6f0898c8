import type { Logger } from 'pino';
import type { Clock } from '../../../devices/model/clock.ts';
import type { Detection } from '../../../devices/model/detection.ts';
import type { Observation } from '../../../devices/model/observation.ts';
import type { Registry } from '../../../devices/model/registry.ts';
import type { LiveStream } from '../../api/stream.ts';
import type { Landscape } from '../../assets/landscape.ts';
import type { CloudConfiguration } from '../../config.ts';
import type { Detector } from '../../detector.ts';
import type { Ingest } from '../../ingest/ingest.ts';
import type { Intelligence } from '../../intelligence/intelligence.ts';
import type { Mailer } from '../../mail/mail.ts';
import type { People } from '../../people/people.ts';
import type { PictureParts } from '../../situation/open.ts';
import type { Store } from '../../store/store.ts';

/** What tools are opened with: all of the house that stands before them. */
export interface House {
  configuration: CloudConfiguration;
  /** Directory for everything that must survive a restart. */
  state: string;
  store: Store;
  registry: Registry;
  clock: Clock;
  log: Logger;
  stream: LiveStream;
  people: People;
  mailer: Mailer | undefined;
  ingest: Ingest;
  detector: Detector;
  picture: PictureParts;
  intelligence: Intelligence;
  landscape: Landscape;
  /** Stores and lets be judged. */
  commit(observations: readonly Observation[], detections: readonly Detection[]): Promise<void>;
  /** What was read back at the start, oldest first. */
  recalled: readonly Observation[];
  /** The end of everything: for what goes on while its tool is off. */
  ended: AbortSignal;
}

/** What is wrong, for the log. */
export const troubleOf =
  ({ log }: Pick<House, 'log'>, part: string) =>
  (message: string): void =>
    log.error({ message }, part);
