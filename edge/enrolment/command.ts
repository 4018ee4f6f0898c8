/** `gatehouse enrol`: joins a cloud with a code, or forgets everything. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../devices/configuration.ts';
import { readCode } from '../../devices/enrolment.ts';
import { writeWhole } from '../certificates/keeping.ts';
import { type GatewayConfiguration, readGatewayConfiguration } from '../config.ts';
import { keeperFor } from '../sealing/settings.ts';
import { Updates } from '../updates/updates.ts';
import { memberOf, sealerOf } from './life.ts';
import { isMember, Membership, membershipFolder } from './membership.ts';

const help = `gatehouse enrol: lets this gateway join a cloud

The code comes from the desk (Gateways, Enrol) and is good once. The gateway makes a key that never leaves it, proves
the cloud by the fingerprint in the code before it says anything, and gets a certificate that it renews by itself.

Usage:
  gatehouse enrol CODE --config FILE             join
  gatehouse enrol --config FILE --status         what this gateway is a member of
  gatehouse enrol --config FILE --factory-reset  forget keys, records and state; tells the cloud if it can

Options:
  --config FILE  the gateway's configuration: its id and site must be those the code was made for
  --yes          with --factory-reset: do not ask
  --help         this text

Stop the gateway first. Ends with 0; with 1 when it did not work; with 2 for a mistake.
`;

const say = (line: string) => process.stderr.write(`gatehouse enrol: ${line}\n`);
const FAREWELL_WITHIN_MS = 15_000;
/** Left behind where the cloud could not be told: whoever finds it can show it at the desk. */
export const LAST_WORD = 'last-word.json';

class Mistake extends Error {}

/** @throws Error fit for a person */
export async function enrol(configuration: GatewayConfiguration, text: string): Promise<Membership> {
  const code = readCode(text);
  if ('problem' in code) throw new Mistake(`the code can't be read: ${code.problem}`);
  const state = configuration.resolve(configuration.gateway.state);
  const { sealer, warning } = await sealerOf(configuration);
  if (warning !== undefined) say(`note: ${warning}`);
  const membership = await Membership.join(code, state, sealer);
  const { id, site } = configuration.gateway;
  if (membership.gateway === id && membership.site === site) return membership;
  rmSync(membershipFolder(state), { recursive: true });
  throw new Mistake(
    `the code was made for "${membership.gateway}" at "${membership.site}", and this is "${id}" at "${site}": ask for another code`,
  );
}

/** Wipes keys first, then everything else of the state. @returns whether the cloud heard of it */
export async function factoryReset(configuration: GatewayConfiguration, reason: string): Promise<boolean> {
  const state = configuration.resolve(configuration.gateway.state);
  let told = false;
  let word: ReturnType<Membership['lastWord']> | undefined;
  try {
    const { membership } = await memberOf(configuration);
    if (membership !== undefined) {
      word = membership.lastWord(reason, Date.now());
      await membership.farewell(word, AbortSignal.timeout(FAREWELL_WITHIN_MS));
      told = true;
    }
  } catch (error) {
    // Nothing may keep a person from wiping it.
    say(`the cloud could not be told: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (existsSync(membershipFolder(state))) {
    const { keeper } = keeperFor(configuration.sealing, membershipFolder(state), configuration.resolve);
    await keeper.wipe().catch((error: unknown) => say(`the sealing key: ${String(error)}`));
  }
  if (existsSync(state))
    for (const name of readdirSync(state)) rmSync(join(state, name), { recursive: true, force: true });
  new Updates(configuration.file).wipe();
  if (word !== undefined && !told) writeWhole(join(state, LAST_WORD), `${JSON.stringify(word)}\n`, 0o600);
  return told;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      status: { type: 'boolean', default: false },
      'factory-reset': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (values.config === undefined) throw new Mistake('which gateway? --config FILE (--help tells more)');
  const configuration = readGatewayConfiguration(resolve(values.config));
  const [code] = positionals;
  if (values['factory-reset']) {
    if (!values.yes)
      throw new Mistake('this forgets keys, records and state for good: add --yes if that is meant');
    const told = await factoryReset(configuration, 'factory reset at the gateway');
    process.stdout.write(told ? 'wiped; the cloud was told\n' : 'wiped; the cloud was not told\n');
    return;
  }
  if (values.status) {
    const state = configuration.resolve(configuration.gateway.state);
    if (!isMember(state)) process.stdout.write('member of no cloud\n');
    else {
      const { membership, warning } = await memberOf(configuration);
      const { addresses, certificate, sealing } = membership ?? {};
      process.stdout.write(
        `${JSON.stringify({ ...addresses, certificateUntil: certificate?.validTo, sealing, warning }, null, 2)}\n`,
      );
    }
    return;
  }
  if (code === undefined) throw new Mistake('which code? The desk makes one (--help tells more)');
  const membership = await enrol(configuration, code);
  process.stdout.write(
    `${membership.gateway} has joined ${membership.addresses.httpsUrl}; certificate until ${membership.certificate.validTo}\n`,
  );
}

if (import.meta.main)
  try {
    await main();
  } catch (error) {
    const isMistake =
      error instanceof Mistake ||
      error instanceof ConfigurationError ||
      (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = isMistake ? 2 : 1;
  }
