import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { publishedSchemas } from '../intelligence/testing/published-schemas.ts';
import { readPlaybookText, writePlaybook } from './cacao.ts';
import { checkPlaybook } from './check.ts';
import { builtIn } from './library.ts';
import { matchingOf, suggest } from './suggest.ts';

const playbooks = builtIn();
const schemas = publishedSchemas('CACAO_SCHEMAS');

describe('the library', () => {
  test('lists every file that is there, each once, with an identifier of its own', () => {
    const there = readdirSync(new URL('./library', import.meta.url)).filter((name) => name.endsWith('.json'));
    expect(playbooks).toHaveLength(there.length);
    expect(new Set(playbooks.map(({ id }) => id)).size).toBe(there.length);
  });

  test.each(playbooks)('$name: what is written is what was read, and holds together', (playbook) => {
    const again = readPlaybookText(writePlaybook(playbook));
    expect(again.problems).toBeUndefined();
    if (again.problems === undefined) expect(again.playbook).toEqual(playbook);
    expect(checkPlaybook(playbook)).toEqual([]);
  });

  test.each(playbooks)(
    '$name: names people and machines, and gives each of its steps a time-out',
    (playbook) => {
      const actions = Object.values(playbook.workflow).filter((step) => step.type === 'action');
      expect(actions.length).toBeGreaterThan(5);
      for (const step of actions) {
        expect(step.timeout, step.name).toBeGreaterThan(0);
        expect(step.name?.length, JSON.stringify(step)).toBeGreaterThan(3);
      }
      const types = new Set(actions.flatMap(({ commands }) => commands.map(({ type }) => type)));
      expect(types.has('manual')).toBe(true);
      expect(types.size).toBeGreaterThan(1);
      expect(matchingOf(playbook).rules.length).toBeGreaterThan(2);
    },
  );

  test('uses every kind of step there is to a workflow', () => {
    const types = new Set(
      playbooks.flatMap(({ workflow }) => Object.values(workflow).map(({ type }) => type)),
    );
    expect([...types].sort()).toEqual(
      ['action', 'end', 'if-condition', 'parallel', 'start', 'switch-condition', 'while-condition'].sort(),
    );
  });

  test.skipIf(schemas === undefined)(
    'is valid against the schemas that OASIS published (CACAO_SCHEMAS)',
    () => {
      for (const playbook of playbooks)
        expect(schemas?.problems('playbook.json', playbook), playbook.name).toEqual([]);
      // The schemas do refuse: a step that leads nowhere by its form, a version that is none.
      const [first] = playbooks;
      expect(schemas?.problems('playbook.json', { ...first, spec_version: 'cacao-3.0' })).not.toEqual([]);
      expect(schemas?.problems('playbook.json', { ...first, workflow_start: 'start' })).not.toEqual([]);
    },
  );
});

describe('what is suggested', () => {
  const seen = (rule: string, severity: 'low' | 'high' | 'critical' = 'high') => ({
    rule,
    severity,
    summary: `seen: ${rule}`,
  });
  test.each([
    ['forced-open', 'Forced door or break-in'],
    ['duress', 'Robbery or duress'],
    ['temperature-excursion:fridge', 'Cold-chain excursion'],
    ['account-takeover', 'Account take-over'],
    ['impossible-travel', 'Account take-over'],
    ['integrity:unexpected-change', 'Skimmer on the checkout'],
    ['sigma:ransomware-note', 'Ransomware'],
    ['camera-obscured', 'Camera blinded or replaced'],
    ['refund-without-return', 'Insider'],
    ['request-flood', 'Denial of service'],
    ['atm-vibration-tamper', 'Cash machine attacked'],
  ])('for %s is "%s" first, and says why', (rule, name) => {
    const [best] = suggest(playbooks, [seen(rule), seen('low-battery', 'low')]);
    expect(playbooks.find(({ id }) => id === best?.playbook)?.name).toBe(name);
    expect(best?.because).toEqual([`seen: ${rule}`]);
  });

  test('for an incident of two halves is the one that deals with both, and only there', () => {
    const nameOf = (rules: string[]) => {
      const [best] = suggest(
        playbooks,
        rules.map((rule) => seen(rule)),
      );
      return playbooks.find(({ id }) => id === best?.playbook)?.name;
    };
    expect(nameOf(['brute-force', 'new-address-login', 'forced-open'])).toBe(
      'Forced door with a taken account',
    );
    expect(nameOf(['forced-open'])).toBe('Forced door or break-in');
    expect(nameOf(['brute-force', 'new-address-login'])).toBe('Account take-over');
  });

  test('goes by the worst, not by how often; and nothing is suggested for what nothing is known of', () => {
    const often = Array.from({ length: 20 }, () => seen('camera-obscured', 'low'));
    const [best] = suggest(playbooks, [...often, seen('duress', 'critical')]);
    expect(playbooks.find(({ id }) => id === best?.playbook)?.name).toBe('Robbery or duress');
    expect(suggest(playbooks, [seen('firmware-update')])).toEqual([]);
  });
});
