import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../devices/configuration.ts';
import { assetFor, assetsOf, assignmentProblems, assignments } from './assignments.ts';
import { assigned, registry } from './fixture.ts';

const read = (text: string) => parseConfiguration(assignments, text, 'site.yaml');

describe('assignments', () => {
  it('are read from the configuration', () => {
    const [entry] = read(
      '- device: shelly:shellyi4-1\n  assets:\n    input:0: front-door\n  invert: [input:0]\n',
    );
    expect(entry).toMatchObject({ assets: { 'input:0': 'front-door' }, invert: ['input:0'], treatAs: {} });
  });

  it.each([
    ['- device: nonsense\n  asset: front-door\n', 'site.yaml:1 [0].device: expected <profile>:<name>'],
    ['- device: shelly:a\n', 'site.yaml:1 [0]: needs asset, or assets for its parts'],
    [
      '- device: shelly:a\n  asset: front-door\n  treatAs:\n    input:0: window\n',
      'site.yaml:4 [0].treatAs.input:0',
    ],
    [
      '- device: shelly:a\n  asset: front-door\n- device: shelly:a\n  asset: back-door\n',
      'site.yaml:3 [1].device: "shelly:a" is already assigned',
    ],
  ])('says what is wrong, and where: %#', (text, expected) => {
    expect(() => read(text)).toThrow(expected);
  });

  it('names assets that are not there or not of this site', () => {
    const entries = [assigned({ device: 'shelly:a', asset: 'nowhere', assets: { 'input:0': 'far-door' } })];
    expect(assignmentProblems(entries, registry, 'pharmacy')).toEqual([
      { path: [0, 'asset'], message: 'there is no asset "nowhere"' },
      { path: [0, 'assets', 'input:0'], message: '"far-door" belongs to site "elsewhere"' },
    ]);
  });

  it("a part's name from a hostile device reaches nothing but the assignment", () => {
    const entry = assigned({ device: 'shelly:a', assets: { 'input:0': 'front-door' } });
    for (const part of ['constructor', '__proto__', 'toString'])
      expect(assetFor(entry, part, 'contact')).toBeUndefined();
    expect(assetFor(entry, 'housing', 'tamper')).toBe('front-door');
    expect(assetsOf(entry)).toEqual(['front-door']);
  });
});
