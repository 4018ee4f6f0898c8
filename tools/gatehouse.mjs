#!/usr/bin/env node
// The one command-line tool: finds the pinned Node and hands over to the house that does the work.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensurePackages, ensurePages, pinnedNode, projectRoot, run, stop } from './runtime.mjs';

const commands = {
  edge: { house: 'edge/main.ts', says: 'run the gateway of a site', pages: true },
  enrol: {
    house: 'edge/enrolment/command.ts',
    says: 'let a gateway join a cloud with a code, or forget all',
  },
  cloud: { house: 'cloud/main.ts', says: 'run the cloud: ingest, correlation, the desk', pages: true },
  bridge: { house: 'firmware-bridge/main.ts', says: 'run the firmware bridge: serial devices to MQTT' },
  simulate: { house: 'simulators/main.ts', says: 'run a scenario against simulated hardware', pages: true },
  replay: {
    house: 'edge/replay.ts',
    pipedInto: 'cloud/correlate.ts',
    says: 'run recorded observations through rules and correlation',
  },
  anomaly: { house: 'edge/rules/anomaly/command.ts', says: 'score a stream of numbers for anomalies' },
  record: { house: 'edge/cold-chain/command.ts', says: 'check a cold chain record that was handed over' },
  verify: { house: 'cloud/audit/command.ts', says: 'check an export of the audit trail, or a copy of it' },
  sigma: { house: 'cloud/sigma/command.ts', says: 'check Sigma rules, or run them over events' },
  cascade: { house: 'cloud/cascade/command.ts', says: 'what fails next, when, and what it costs' },
  registry: { house: 'cloud/registry/command.ts', says: 'people and assets in and out as YAML and CSV' },
  risk: { house: 'cloud/risk/command.ts', says: 'the risk register: threats, what they cost, what helps' },
  credential: {
    house: 'cloud/identity-bridge/command.ts',
    says: 'issue, present, verify and revoke credentials',
  },
  export: { house: 'cloud/intelligence/command.ts', says: 'an incident as STIX 2.1 or OCSF, for others' },
  correlate: { house: 'cloud/correlate.ts', says: 'turn detections into incidents, most urgent first' },
};

const help = `gatehouse: physical and cyber security for shops that hand over real goods

Usage: gatehouse <command> [options]

${Object.entries(commands)
  .map(([name, { says }]) => `  ${name.padEnd(10)} ${says}`)
  .join('\n')}

"gatehouse <command> --help" tells more about each.
In the repository: npm run --silent gatehouse -- <command> [options]
`;

/** `replay … | correlate …`: rules belong to the gateway and correlation to the cloud; a pipe keeps them apart. */
function pipe(first, firstArgs, second, secondArgs) {
  return new Promise((resolve) => {
    const node = pinnedNode();
    const source = spawn(node, [join(projectRoot, first), ...firstArgs], {
      stdio: ['inherit', 'pipe', 'inherit'],
    });
    const sink = spawn(node, [join(projectRoot, second), ...secondArgs], {
      stdio: [source.stdout, 'inherit', 'inherit'],
    });
    const codes = [];
    for (const child of [source, sink]) {
      child.on('exit', (code) => {
        codes.push(code ?? 1);
        if (codes.length === 2) resolve(Math.max(...codes));
      });
    }
  });
}

const valueAfter = (args, option) => {
  const at = args.indexOf(option);
  return at === -1 ? undefined : args[at + 1];
};

const [name, ...args] = process.argv.slice(2);
if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
  process.stdout.write(help);
} else if (!Object.hasOwn(commands, name)) {
  stop(`there is no command "${name}"; "gatehouse --help" lists them`);
} else {
  const { house, pipedInto, pages } = commands[name];
  const asksHelp = args.includes('--help');
  await ensurePackages();
  if (pages && !asksHelp) await ensurePages();
  if (pipedInto !== undefined && !asksHelp && !args.includes('--detections')) {
    const registry = valueAfter(args, '--registry');
    const dependencies = valueAfter(args, '--dependencies');
    // Rules do not look at what needs what.
    const forRules = args.filter(
      (arg, index) => arg !== '--dependencies' && args[index - 1] !== '--dependencies',
    );
    process.exitCode = await pipe(house, forRules, pipedInto, [
      ...(registry === undefined ? [] : ['--registry', registry]),
      ...(dependencies === undefined ? [] : ['--dependencies', dependencies]),
    ]);
  } else {
    process.exitCode = await run(pinnedNode(), [
      join(projectRoot, house),
      ...args.filter((arg) => arg !== '--detections'),
    ]);
  }
}
