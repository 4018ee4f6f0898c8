/** `gatehouse edge`: the gateway of one site as a process. */
import '../devices/engine.ts';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { ConfigurationError } from '../devices/configuration.ts';
import { clockFromText, systemClock } from '../devices/model/clock.ts';
import packageDocument from '../package.json' with { type: 'json' };
import { hashPassword } from './broker/password.ts';
import { SteadyClock } from './clock/steady-clock.ts';
import { type GatewayConfiguration, readGatewayConfiguration } from './config.ts';
import { liveAsMember, memberOf } from './enrolment/life.ts';
import type { Membership } from './enrolment/membership.ts';
import { readSecret } from './pin.ts';
import { rehearse } from './rehearsal.ts';
import { takeConfiguration } from './reload.ts';
import { type RunningGateway, runGateway } from './run.ts';
import { type OpenSitePage, openSitePage } from './site-page.ts';
import { startProblem } from './start-problem.ts';
import { Updates } from './updates/updates.ts';
import { watchFiles } from './watch.ts';

const help = `gatehouse edge: the gateway of one site

It reads the site's doors, readers, fridges and cameras, runs the rules on the spot, arms and
sounds the alarm, keeps every record on its own disk until the cloud has it, and shows staff
their page. All of that works without the cloud.

Usage:
  gatehouse edge --config FILE            run
  gatehouse edge --config FILE --check    only check the configuration and its registry
  gatehouse edge --hash-pin               read a PIN and print what belongs into pinHash
  gatehouse edge --hash-password          the same for a device's passwordHash

Options:
  --config FILE   the gateway's configuration; edge/gateway.example.yaml explains every key
  --check         says "in order", or file:line key for each mistake
  --hash-pin      asks for the PIN, or reads it from standard input
  --hash-password asks for a password, or reads it from standard input
  --help          this text

While it runs, rules, devices, broker identities, people and the registry are taken from the
changed files at once; a broken file is refused and the old one stays in force. SIGHUP looks at
the files now. SIGTERM and Ctrl-C end it when everything is on disk.

Environment:
  GATEHOUSE_LOG   trace, debug, info (default), warn, error
  GATEHOUSE_CLOCK origin,startedAt,rate: a clock that runs faster, for demonstrations

Ends with 0; with 1 when it could not start; with 2 for a mistake in the configuration or the
command line; with 70 when its disk failed; with 75 when it wants to be started again, for a
configuration that the desk has signed.
`;

const exitCode = { ok: 0, failed: 1, mistaken: 2, diskFailed: 70, restart: 75 } as const;
const { version } = packageDocument;
/** Everything should be on disk by then; otherwise the log's recovery at the next start finds what was. */
const STOP_WITHIN_MS = 8_000;

const say = (line: string) => process.stderr.write(`gatehouse edge: ${line}\n`);

function options() {
  try {
    return parseArgs({
      options: {
        config: { type: 'string' },
        check: { type: 'boolean', default: false },
        'hash-pin': { type: 'boolean', default: false },
        'hash-password': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)} (--help tells more)`);
    process.exit(exitCode.mistaken);
  }
}

function configurationIn(file: string): GatewayConfiguration {
  try {
    return readGatewayConfiguration(file);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(exitCode.mistaken);
  }
}

async function printHash(what: 'PIN' | 'Password'): Promise<void> {
  const secret = await readSecret(what, process.stdin, process.stderr);
  if (typeof secret !== 'string') {
    say(secret.problem);
    process.exit(exitCode.mistaken);
  }
  process.stdout.write(`${await hashPassword(secret)}\n`);
}

/** What lies in the files, or, where a new configuration on probation can't be read, the one from before. */
function firstConfiguration(file: string, updates: Updates): GatewayConfiguration {
  updates.start();
  try {
    return readGatewayConfiguration(file);
  } catch (error) {
    if (!updates.putBack(error instanceof Error ? error.message : String(error)))
      return configurationIn(file);
  }
  return configurationIn(file);
}

async function run(file: string): Promise<void> {
  const updates = new Updates(file);
  const first = firstConfiguration(file, updates);
  const log = pino({ level: process.env.GATEHOUSE_LOG ?? 'info' }, pino.destination({ dest: 2, sync: true }));
  const given = clockFromText(process.env.GATEHOUSE_CLOCK);
  const clock = given === systemClock ? new SteadyClock(first.gateway.clock) : given;
  const ending = new AbortController();
  let running: RunningGateway | undefined;
  let page: OpenSitePage | undefined;
  let isHealthy = true;

  const stop = (code: number) => {
    if (ending.signal.aborted) return;
    process.exitCode = code;
    setTimeout(() => process.exit(code), STOP_WITHIN_MS).unref();
    ending.abort();
    Promise.allSettled([running?.drivers.broker.closed, running?.outbox.close()]).then(() =>
      process.exit(code),
    );
  };
  process.on('SIGTERM', () => stop(exitCode.ok));
  process.on('SIGINT', () => stop(exitCode.ok));

  try {
    rehearse();
  } catch (error) {
    // It only makes the first badges quicker: no reason to leave a site without its gateway.
    log.error({ err: error }, 'the rehearsal failed');
  }
  let membership: Membership | undefined;
  try {
    const member = await memberOf(first);
    membership = member.membership;
    if (member.warning !== undefined) log.warn(member.warning);
    running = await runGateway(
      {
        configuration: first,
        clock,
        log,
        membership,
        onFatal: (error) => {
          isHealthy = false;
          log.fatal({ err: error }, 'the disk has failed');
          say(`the disk has failed, nothing can be recorded any more: ${error.message}`);
          stop(exitCode.diskFailed);
        },
        onChanged: () => page?.changed(),
        onObserved: (observation) => page?.observed(observation),
      },
      ending.signal,
    );
    page = await openSitePage(
      running,
      {
        clock,
        isHealthy: () => isHealthy,
        onDefect: (message) => log.error({ message }, 'defect'),
        onNews: (message) => log.warn(message),
      },
      ending.signal,
    );
  } catch (error) {
    // Asked to stop while it was starting.
    if (ending.signal.aborted) return;
    say(startProblem(error, first));
    if (updates.putBack(error instanceof Error ? error.message : String(error)))
      say('the configuration from before is put back: start it again');
    log.debug({ err: error }, 'could not start');
    stop(exitCode.failed);
    return;
  }

  const { gateway, quarantine, drivers } = running;
  let inForce = first;
  /** @returns why the files were refused */
  const reload = (fromDesk = false): string | undefined => {
    if (running === undefined || page === undefined) return undefined;
    let wanted: GatewayConfiguration;
    try {
      wanted = readGatewayConfiguration(file);
      const { taken, needsRestart, ...rest } = takeConfiguration(running, page, inForce, wanted);
      inForce = rest.inForce;
      if (taken.length === 0 && needsRestart.length === 0) return undefined;
      log.info({ taken, needsRestart }, 'the configuration was changed');
      if (needsRestart.length > 0)
        log.warn(`to take ${needsRestart.join(', ')} from ${file}, the gateway must be restarted`);
      const [takenText, restartText] = [taken.join(', '), needsRestart.join(', ')];
      gateway
        .note('configuration.changed', {
          taken: takenText || 'nothing',
          needsRestart: restartText || 'nothing',
        })
        .catch((error: unknown) => log.error({ err: error }, 'the change could not be recorded'));
      // What the desk has signed takes effect as a whole: whoever supervises the process starts it again.
      if (needsRestart.length > 0 && fromDesk) stop(exitCode.restart);
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error(`refused, the configuration from before stays in force: ${reason}`);
      const [at, raw] = [clock.now(), new TextEncoder().encode(reason)];
      for (const line of reason.split('\n').slice(0, 3))
        quarantine.add({ at, wall: 'configuration', peer: file, reason: line, raw });
      page.changed();
      return reason;
    }
  };
  if (membership !== undefined)
    liveAsMember(
      {
        membership,
        updates,
        version,
        inForce: () => inForce,
        isHealthy: () => isHealthy,
        reload: () => reload(true),
        onTrouble: (message) => log.warn({ message }, 'membership'),
      },
      ending.signal,
    );
  watchFiles(
    () => [file, inForce.registryFile],
    () => void reload(),
    ending.signal,
  );
  process.on('SIGHUP', () => void reload());

  const { ports } = drivers.broker;
  const mqtt = { tls: ports.tls ?? null, plain: ports.plain ?? null };
  const pageTls = page.tlsPort === undefined ? {} : { pageTls: page.tlsPort };
  process.stdout.write(`${JSON.stringify({ ready: true, page: page.port, ...pageTls, mqtt })}\n`);
  log.info({ page: page.port, ...pageTls, mqtt, site: first.gateway.site }, 'ready');
}

const asked = options();
if (asked.help) process.stdout.write(help);
else if (asked['hash-pin']) await printHash('PIN');
else if (asked['hash-password']) await printHash('Password');
else if (asked.config === undefined) {
  say('which site? --config FILE (--help tells more)');
  process.exitCode = exitCode.mistaken;
} else if (asked.check) {
  const { registryFile } = configurationIn(asked.config);
  process.stdout.write(`${asked.config} and ${registryFile}: in order\n`);
} else {
  try {
    await run(asked.config);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = exitCode.failed;
  }
}
