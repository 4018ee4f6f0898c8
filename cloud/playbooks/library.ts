/** The playbooks that come with the house: one CACAO 2.0 file each and one line here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Playbook, readPlaybookText } from './cacao.ts';
import { checkPlaybook, problemLine } from './check.ts';

const files = [
  'forced-door',
  'forced-door-account',
  'robbery-duress',
  'cold-chain-excursion',
  'account-takeover',
  'checkout-skimmer',
  'ransomware',
  'camera-blinded',
  'insider',
  'denial-of-service',
  'cash-machine',
] as const;

/** @throws Error where one of our own files is broken: that is a defect */
export const builtIn = (): Playbook[] =>
  files.map((name) => {
    const file = join(import.meta.dirname, 'library', `${name}.json`);
    const read = readPlaybookText(readFileSync(file, 'utf8'));
    const problems = read.problems ?? checkPlaybook(read.playbook);
    if (read.problems !== undefined || problems.length > 0)
      throw new Error(`${file}: ${problems.map((problem) => problemLine(problem)).join('; ')}`);
    return read.playbook;
  });
