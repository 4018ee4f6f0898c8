/** `gatehouse export --config FILE --incident ID`: an incident for others, out of the cloud's store. */
import '../../devices/engine.ts';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../devices/configuration.ts';
import { clockFromText } from '../../devices/model/clock.ts';
import { readCloudConfiguration } from '../config.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { incidentFacts } from './incident-facts.ts';
import { tlpLevel } from './indicator.ts';
import { ocsfFindings } from './ocsf/incident-finding.ts';
import { incidentBundle } from './stix/export-incident.ts';

const help = `gatehouse export: an incident as STIX 2.1 or OCSF, for others

Usage: gatehouse export --config FILE --incident ID [--format stix|ocsf] [--tlp LEVEL] [--persons]

  --config FILE    the cloud's configuration; its store is read, whether the cloud runs or not
  --incident ID    as the desk shows it
  --format FORMAT  stix: a STIX 2.1 bundle (without it); ocsf: OCSF events, one a line
  --tlp LEVEL      clear, green, amber, amber+strict, red; as configured without it
  --persons        leaves names, accounts and badges in; they are replaced without it
  --help           this text

Exit status: 0 done, 1 the question is wrong, 2 the configuration is.
`;

/** Fit for a person; ends the command with status 1. */
class CommandProblem extends Error {}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      incident: { type: 'string' },
      format: { type: 'string', default: 'stix' },
      tlp: { type: 'string' },
      persons: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return;
  }
  const { config, incident, format } = values;
  if (config === undefined) throw new CommandProblem('needs --config FILE');
  if (incident === undefined) throw new CommandProblem('needs --incident ID');
  if (format !== 'stix' && format !== 'ocsf') throw new CommandProblem('--format is stix or ocsf');
  const configuration = readCloudConfiguration(config);
  const tlp = tlpLevel.safeParse(values.tlp ?? configuration.intelligence.tlp);
  if (!tlp.success) throw new CommandProblem(`--tlp is one of ${tlpLevel.options.join(', ')}`);
  const store = openSqliteStore({
    file: join(configuration.resolve(configuration.state), 'store.sqlite'),
    clock: clockFromText(process.env.GATEHOUSE_CLOCK),
    sitesOf: () => [],
    reopening: () => undefined,
  });
  try {
    const facts = incidentFacts(incident, store, configuration.registry, {
      organisation: configuration.intelligence.organisation,
      tlp: tlp.data,
      withPersons: values.persons,
    });
    if (facts === undefined) throw new CommandProblem(`there is no incident "${incident}"`);
    const text =
      format === 'stix'
        ? `${JSON.stringify(incidentBundle(facts))}\n`
        : ocsfFindings(facts)
            .map((one) => `${JSON.stringify(one)}\n`)
            .join('');
    process.stdout.write(text);
  } finally {
    await store.close();
  }
}

try {
  await main();
} catch (error) {
  const isFile = error instanceof ConfigurationError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `gatehouse export: ${isFile ? message.replaceAll('\n', '\n  ') : message.split('\n')[0]}\n`,
  );
  process.exitCode = isFile ? 2 : 1;
}
