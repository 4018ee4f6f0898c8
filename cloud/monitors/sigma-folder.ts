/** Where Sigma's rules come from in a running cloud: a folder that is watched. */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Clock } from '../../devices/model/clock.ts';
import type { CloudConfiguration } from '../config.ts';
import { readPlaceholders } from '../sigma/folder.ts';
import type { RuleSet } from '../sigma/rule-set.ts';
import { RuleFolder } from '../sigma/watch.ts';
import type { Store } from '../store/store.ts';
import { MAX_REPLAYED, SigmaMonitor } from './sigma.ts';

/** How often windows in which nothing came are looked at, in the site's time. */
const PASS_MS = 30_000;
/** Failures that are named in the log one by one. */
const MAX_NAMED = 100;

export interface RunningSigma {
  readonly monitor: SigmaMonitor;
  /** @param wake judges what is due */
  start(signal: AbortSignal, wake: () => void): void;
}

export interface SigmaParts {
  configuration: Pick<CloudConfiguration, 'registry' | 'resolve' | 'sigma'>;
  store: Pick<Store, 'observations'>;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn'>;
}

/** Undefined where no folder is configured. @throws Error where the placeholders can't be read */
export function openSigma({ configuration, store, clock, log }: SigmaParts): RunningSigma | undefined {
  const { sigma, registry } = configuration;
  if (sigma === undefined) return undefined;
  const placeholders =
    sigma.placeholders === undefined
      ? undefined
      : readPlaceholders(readFileSync(configuration.resolve(sigma.placeholders), 'utf8'));
  const folder = new RuleFolder(configuration.resolve(sigma.rules), placeholders);
  const tell = ({ rules, loaded, failed }: RuleSet) => {
    for (const failure of failed.slice(0, MAX_NAMED)) log.warn({ ...failure }, 'a Sigma rule is left out');
    log.info({ rules, loaded, failed: failed.length }, 'Sigma rules');
  };
  const first = folder.load() ?? {
    detections: [],
    correlations: [],
    silent: new Set<string>(),
    rules: 0,
    loaded: 0,
    failed: [],
  };
  tell(first);
  const monitor = new SigmaMonitor(first, { ...sigma, registry, clock });
  return {
    monitor,
    start(signal, wake) {
      folder.watch(signal, (set) => {
        tell(set);
        monitor.replace(set, (kinds, from) =>
          // The newest come first from the store.
          store.observations({ kinds, from, limit: MAX_REPLAYED }).reverse(),
        );
        wake();
      });
      let cancel: () => void = () => undefined;
      const pass = () => {
        monitor.pass();
        wake();
        cancel = clock.schedule(PASS_MS, pass);
      };
      cancel = clock.schedule(PASS_MS, pass);
      signal.addEventListener('abort', () => cancel(), { once: true });
    },
  };
}
