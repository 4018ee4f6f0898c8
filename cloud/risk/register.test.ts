import { describe, expect, test } from 'vitest';
import { cascade } from '../cascade/cascade.ts';
import { graphDocument } from '../cascade/document.ts';
import { catalogues, readCatalogue } from './catalogue.ts';
import { riskRegister } from './register.ts';

const graph = (more: object = {}) =>
  graphDocument.parse({
    horizon: '10 h',
    assets: [
      { id: 'server', name: 'Server', losses: [{ effect: 'compromised', once: 1_000 }] },
      { id: 'shop' },
    ],
    dependencies: [{ of: 'shop', on: [{ asset: 'server', effect: 'compromised' }], probability: 0.5 }],
    services: [{ id: 'orders', perHour: 100, needs: [{ asset: 'shop' }] }],
    threats: [
      {
        id: 'guessing',
        name: 'guessed passwords',
        family: 'account-takeover',
        technique: 'T1110',
        assets: ['server'],
        effect: 'compromised',
        perYear: 4,
      },
    ],
    weaknesses: [{ id: 'short', name: 'short passwords', asset: 'server', threats: ['guessing'], ease: 0.5 }],
    ...more,
  });

test('a risk is how often a year times what follows', () => {
  const { rows, annual } = riskRegister(graph());
  // 1,000 at once, and half of 10 h × 100.
  expect(rows).toMatchObject([
    {
      id: 'server/guessing/short',
      words: 'Server is in the hands of an attacker',
      perYear: 2,
      impact: 1_500,
      annual: 3_000,
      likelihood: 4,
      severity: 2,
      level: 'medium',
    },
  ]);
  expect(annual).toBe(3_000);
});

test('ways of the same attempt do not add up to more than the attempts', () => {
  const { rows } = riskRegister(
    graph({
      weaknesses: ['one', 'two'].map((id) => ({
        id,
        name: id,
        asset: 'server',
        threats: ['guessing'],
        ease: 0.5,
      })),
    }),
  );
  expect(rows.map(({ perYear }) => perYear)).toEqual([1.5, 1.5]);
});

test('a mitigation is worth what the register loses by it, whether it keeps out, slows down or softens', () => {
  const { annual, inherentAnnual, mitigations } = riskRegister(
    graph({
      mitigations: [
        {
          id: 'factor',
          name: 'Second factor',
          cost: { once: 500, perYear: 100, years: 5 },
          against: [{ weakness: 'short', effectiveness: 0.9 }],
        },
        { id: 'spare', name: 'Spare server', inPlace: true, acts: [{ of: 'shop', effectiveness: 0.5 }] },
      ],
    }),
  );
  // With the spare server in place: 2 × (1,000 + 0.25 × 1,000).
  expect(annual).toBe(2_500);
  expect(inherentAnnual).toBe(3_000);
  const [factor, spare] = mitigations;
  expect(factor).toMatchObject({ id: 'factor', without: 2_500, costPerYear: 200 });
  expect(factor?.with).toBeCloseTo(250, 9);
  expect(factor?.netPerYear).toBeCloseTo(2_050, 9);
  expect(factor?.ratio).toBeCloseTo(11.25, 9);
  expect(spare).toMatchObject({ id: 'spare', without: 3_000, with: 2_500, benefitPerYear: 500 });
});

test('a register that would take too long is refused where others wait for it', () => {
  expect(() => riskRegister(graph(), { maxWork: 1 })).toThrow(/takes too long here/);
});

describe.each(catalogues)('the starter file of a %s', (name) => {
  const document = readCatalogue(name);

  test('has all that a register takes, and no mitigation raises the risk', () => {
    const register = riskRegister(document);
    expect(register.rows.length).toBeGreaterThan(8);
    expect(register.annual).toBeGreaterThan(0);
    expect(register.inherentAnnual).toBeGreaterThanOrEqual(register.annual);
    for (const { id, benefitPerYear } of register.mitigations)
      expect({ id, helps: benefitPerYear >= -1e-6 }).toEqual({ id, helps: true });
    expect(register.mitigations.some(({ inPlace, netPerYear }) => !inPlace && netPerYear > 0)).toBe(true);
    expect(riskRegister(document)).toEqual(register);
  });

  test('something follows when the power fails, by a path that is told', () => {
    const { effects, services } = cascade(document, { failures: [{ asset: 'mains', effect: 'down' }] });
    expect(effects.length).toBeGreaterThan(1);
    expect(services.length).toBeGreaterThan(0);
    expect(services[0]?.paths[0]?.words).toContain('Mains power stops working');
  });
});
