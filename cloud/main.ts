/** `gatehouse cloud`: arguments in, one line of JSON out when it is ready, one clear line when it can't be. */
import '../devices/engine.ts';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { ConfigurationError } from '../devices/configuration.ts';
import { type Clock, clockFromText } from '../devices/model/clock.ts';
import { hashPassword, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './api/password.ts';
import { startCloud } from './cloud.ts';
import { readCloudConfiguration } from './config.ts';

const help = `gatehouse cloud: takes what gateways and servers report, finds incidents, serves the security desk

Usage: gatehouse cloud --config FILE
       gatehouse cloud --hash-password

  --config FILE     the cloud's configuration (YAML); cloud/cloud.example.yaml explains every key
  --hash-password   reads a password from standard input and prints what "passwordHash" takes
  --help            this text

When it is open to all it prints one line on standard output:
  {"ready":true,"http":8443,"mqtt":{"tls":8883}}
Logs go to standard error, one line of JSON each; LOG_LEVEL sets how much (info).
SIGTERM and SIGINT stop it: what was taken is stored first. After a crash it finds everything again.
Exit status: 0 stopped, 1 failed while running, 2 could not start.
GATEHOUSE_CLOCK=origin,startedAt,rate lets its day run faster (for demonstrations).
`;

/** How long closing may take before the process ends all the same. */
const CLOSE_WITHIN_MS = 15_000;

function stopWith(status: number, line: string): never {
  process.stderr.write(`gatehouse cloud: ${line}\n`);
  process.exit(status);
}

/** What went wrong in one line, with what helps. */
function inOneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  const detail = (key: string): string => (key in error ? String(Reflect.get(error, key)) : '?');
  if (code === 'EADDRINUSE')
    return `port ${detail('port')} on ${detail('address')} is taken; another program listens there`;
  if (code === 'EACCES' && 'port' in error) return `port ${detail('port')} may not be opened by this user`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${detail('address')}`;
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return `${detail('path')} can't be written; the state directory must belong to this user`;
  return error.message.split('\n')[0] ?? '';
}

async function printHash(): Promise<void> {
  if (process.stdin.isTTY) process.stderr.write('Password (it will be shown), then Enter and Ctrl-D: ');
  const password = readFileSync(0, 'utf8').replace(/\r?\n$/, '');
  if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH)
    stopWith(2, `a password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`);
  process.stdout.write(`${await hashPassword(password)}\n`);
}

function options() {
  try {
    return parseArgs({
      options: {
        config: { type: 'string' },
        'hash-password': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return stopWith(2, `${inOneLine(error)}; "gatehouse cloud --help" lists the options`);
  }
}

async function main(): Promise<void> {
  const { config, help: asksHelp, 'hash-password': asksHash } = options();
  if (asksHelp === true) {
    process.stdout.write(help);
    return;
  }
  if (asksHash === true) return printHash();
  if (config === undefined) stopWith(2, 'needs --config FILE; "gatehouse cloud --help" tells more');
  const log = pino(
    { level: process.env.LOG_LEVEL ?? 'info', base: null },
    pino.destination({ dest: 2, sync: true }),
  );
  const ending = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => {
      log.info({ signal: name }, 'stopping');
      ending.abort();
      setTimeout(
        () => stopWith(1, `could not close within ${CLOSE_WITHIN_MS / 1_000} s`),
        CLOSE_WITHIN_MS,
      ).unref();
    });
  try {
    const clock: Clock = clockFromText(process.env.GATEHOUSE_CLOCK);
    const configuration = readCloudConfiguration(config);
    const cloud = await startCloud(
      {
        configuration,
        clock,
        log,
        onFatal: (error) => stopWith(1, `the store failed: ${inOneLine(error)}; start again to restore`),
      },
      ending.signal,
    );
    process.stdout.write(`${JSON.stringify({ ready: true, ...cloud.ports })}\n`);
    log.info({ ...cloud.ports, rate: clock.rate }, 'ready');
    await cloud.done;
    log.info('stopped');
  } catch (error) {
    // Each of a configuration's problems has its own line: file, line, key.
    if (error instanceof ConfigurationError) stopWith(2, error.message.replaceAll('\n', '\n  '));
    stopWith(2, inOneLine(error));
  }
}

await main();
// Whatever a library left open does not keep a stopped cloud alive.
process.exit(0);
