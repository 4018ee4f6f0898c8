/** npm run chaos -- kill | power: real processes and real disks, and the figures that they came to. */
import { parseArgs } from 'node:util';
import { killAgainAndAgain } from './kill.ts';
import type { PairReport } from './pair.ts';
import { cutAgainAndAgain, whyNoPowerCuts } from './power.ts';

const DEFAULT_KILLS = 1_000;
const DEFAULT_CUTS = 100;
const TELL_EVERY = 25;
const MAX_PRINTED = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, seed: { type: 'string' }, minutes: { type: 'string' } },
});
const whole = (text: string | undefined, fallback: number, name: string): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name}: expected a whole number from 1, got "${text}"`);
  return value;
};
const seed = whole(values.seed, 1, 'seed');
const startedMs = performance.now();
/** A slow machine does fewer; what was done is what is printed. */
const untilMs = startedMs + whole(values.minutes, 24 * 60, 'minutes') * 60_000;

function print(what: string, { acknowledged, stored, violations }: PairReport): void {
  const seconds = (performance.now() - startedMs) / 1_000;
  for (const one of violations.slice(0, MAX_PRINTED)) console.log(`violation: ${one}`);
  console.log(
    `${what}, seed ${seed}, ${seconds.toFixed(0)} s: ${acknowledged} records acknowledged, ${stored} stored, ${violations.length} violations`,
  );
  process.exitCode = violations.length === 0 ? 0 : 1;
}

const told = (done: number) => {
  if (done % TELL_EVERY === 0)
    console.log(`${done} after ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);
};

switch (positionals[0]) {
  case 'kill': {
    const kills = whole(values.count, DEFAULT_KILLS, 'count');
    const report = await killAgainAndAgain({ kills, seed, untilMs }, told);
    const { gatewayKills, cloudKills } = report;
    print(`${gatewayKills + cloudKills} kill -9 (gateway ${gatewayKills}, cloud ${cloudKills})`, report);
    break;
  }
  case 'power': {
    const reason = whyNoPowerCuts();
    if (reason !== undefined) {
      console.log(`no power was cut: ${reason}`);
      break;
    }
    const report = await cutAgainAndAgain(
      { cuts: whole(values.count, DEFAULT_CUTS, 'count'), seed, untilMs },
      told,
    );
    print(`${report.cuts} power cuts`, report);
    break;
  }
  default:
    throw new RangeError(`expected kill or power, got "${positionals[0]}"`);
}
